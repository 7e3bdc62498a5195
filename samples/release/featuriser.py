# SPDX-License-Identifier: Apache-2.0
"""The featuriser of Tidegate in plain Python: text in, inputs of the network out. No dependencies; Python 3.9 and newer.

It gives the ids of featuriser.mjs, to the last one. The facts about characters come from featuriser-tables.json beside it; only
compatibility forms (NFKC, NFC, NFD) are those of the running Python, so characters that are younger than it may differ.
All of it works on UTF-16 code units: a pair of surrogates is two units, a lone one is one, and neither is an error.
"""

import base64
import json
import math
import os
import re
import unicodedata
import urllib.parse

PUNCTUATION, SPACE, WORD, SOLO, HIGH = range(5)
NO_LETTER, LATIN, ALPHABETIC, OTHER_LETTER, DIGIT = range(5)
ALWAYS, ALWAYS_COUNTED, BESIDE_LATIN, AMONG_LATIN = range(1, 5)
AT, DOLLAR, BANG, STOP, BLANK = 0x40, 0x24, 0x21, 0x2E, 0x20
SIGNS = {AT, DOLLAR, BANG}
SEPARATORS = {BLANK, STOP, 0x2D, 0x5F, 0x2A}
COUNTERS = ("zeroWidth", "bidi", "confusable", "mixedScript", "leet", "spacedLetters", "repeats", "encoded")

# Tables -------------------------------------------------------------------------------------------------------------


def _spread(runs, size):
    values, pairs = [], [tuple(map(int, run.split(":"))) for run in runs.split(" ")]
    for (start, value), (end, _) in zip(pairs, pairs[1:] + [(size, 0)]):
        values += [value] * (end - start)
    return values


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "featuriser-tables.json"), encoding="utf-8") as file:
    _tables = json.load(file)
CLASS = _spread(_tables["classes"], 0x10000)
LETTER = _spread(_tables["letters"], 0x10000)
LOWER = [0] * 0x10000
for _parity, _name in enumerate(("lowerEven", "lowerOdd")):
    for _half, _step in enumerate(_spread(_tables[_name], 0x8000)):
        LOWER[2 * _half + _parity] = 2 * _half + _parity + _step
ASCII, CONDITION = {}, {}
for _entry in _tables["lookalikes"].split(" "):
    _unit, _ascii, _condition = map(int, _entry.split(":"))
    ASCII[_unit], CONDITION[_unit] = _ascii, _condition
LEET = {ord(a): ord(b) for a, b in ("0o", "1i", "3e", "4a", "5s", "6g", "7t", "8b", "9g", "@a", "$s", "!i")}


def units_of(text):
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[i] | data[i + 1] << 8 for i in range(0, len(data), 2)]


def text_of(units):
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")


# Folding: compatibility forms, what is not seen, marks ------------------------------------------------------------------

BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
IGNORABLES = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
BADGES = re.compile("[\U0001f150-\U0001f169\U0001f170-\U0001f189]")
MIRRORED = dict(zip("()[]{}<>", ")(][}{><"))


def _is_plain_pair(code):
    return 0x1F300 <= code <= 0x1FAFF or 0x1F1E6 <= code <= 0x1F1FF or 0x20000 <= code <= 0x2A6DF


def _fold(text, counters):
    counters["bidi"] += len(BIDI.findall(text))
    if "\u202e" in text:
        text = _turn_overrides(text)
    for character in text:
        code = ord(character)
        if code > 0x7F and not (code > 0xFFFF and _is_plain_pair(code)):
            form = unicodedata.normalize("NFKC", character)
            if len(form) == 1 and form.isascii() and form.isalpha():
                counters["confusable"] += 1
    text = unicodedata.normalize("NFKC", text)
    kept = []
    for index, character in enumerate(text):
        if not IGNORABLES.match(character):
            kept.append(character)
        elif _is_obfuscating(character, index, text):
            counters["zeroWidth"] += 1
    text = MARKS.sub("", unicodedata.normalize("NFD", "".join(kept)))
    text = unicodedata.normalize("NFC", text)

    def read_badge(match):
        counters["confusable"] += 1
        code = ord(match[0])
        return chr(0x61 + code - (0x1F170 if code >= 0x1F170 else 0x1F150))

    return BADGES.sub(read_badge, text)


def _is_obfuscating(character, index, text):
    code = ord(character)
    if code in (0xFE0E, 0xFE0F) or (code == 0xFEFF and index == 0) or BIDI_CONTROLS.match(character):
        return False
    before = ord(text[index - 1]) if index > 0 else 0
    if code == 0x200D and before >= 0x2000:
        return False
    if 0xE0020 <= code <= 0xE007F:
        while index > 0 and 0xE0000 <= ord(text[index - 1]) <= 0xE03FF:
            index -= 1
        return not (index > 0 and text[index - 1] == "\U0001f3f4")
    return not (code in (0x200C, 0x200D) and 0x0590 <= before < 0x10A0)


def _turn_overrides(text):
    stack = [(False, [])]

    def close():
        turned, characters = stack.pop()
        stack[-1][1].extend(characters if turned == stack[-1][0] else _turn(characters))

    for character in text:
        if character == "\u202e":
            stack.append((True, []))
        elif character in "\u202d\u202a":
            stack.append((False, []))
        elif character == "\u202b":
            stack.append((stack[-1][0], []))
        elif character == "\u202c":
            if len(stack) > 1:
                close()
        else:
            if character in "\n\r\u2029":
                while len(stack) > 1:
                    close()
            stack[-1][1].append(character)
    while len(stack) > 1:
        close()
    return "".join(stack[0][1])


def _turn(characters):
    clusters = []
    for character in characters:
        if clusters and (character[0] == "\u200d" or unicodedata.category(character[0]).startswith("M")):
            clusters[-1] += character
        else:
            clusters.append(MIRRORED.get(character, character))
    return clusters[::-1]


# The normalised view --------------------------------------------------------------------------------------------------


def _rewrite_lookalikes(units, counters):
    alphabets = False
    for i, unit in enumerate(units):
        condition = CONDITION.get(unit, 0)
        alphabets = alphabets or LETTER[unit] == ALPHABETIC
        if condition in (ALWAYS, ALWAYS_COUNTED):
            units[i] = ASCII[unit]
            counters["confusable"] += condition == ALWAYS_COUNTED
    if not alphabets:
        return

    def rewrite(start, end, condition):
        for k in range(start, end):
            if BESIDE_LATIN <= CONDITION.get(units[k], 0) <= condition:
                units[k] = ASCII[units[k]]
                counters["confusable"] += 1

    beside_latin, waiting, i = False, -1, 0
    while i < len(units):
        if CLASS[units[i]] != WORD:
            i += 1
            continue
        start, latin, foreign, strong, weak, letters = i, 0, 0, 0, 0, 0
        while i < len(units) and CLASS[units[i]] == WORD:
            letter, condition = LETTER[units[i]], CONDITION.get(units[i], 0)
            i += 1
            if letter == DIGIT:
                continue
            letters += 1
            latin += letter == LATIN
            foreign += letter == ALPHABETIC
            strong += condition == BESIDE_LATIN
            weak += condition == AMONG_LATIN
        if letters == 0:
            continue
        if latin > 0:
            counters["mixedScript"] += foreign > 0
            if strong + weak > 0:
                rewrite(start, i, AMONG_LATIN)
            if waiting >= 0:
                rewrite(waiting, start, BESIDE_LATIN)
            waiting, beside_latin = -1, True
        elif strong == letters:
            if beside_latin:
                rewrite(start, i, BESIDE_LATIN)
            elif waiting < 0:
                waiting = start
        else:
            waiting, beside_latin = -1, False


def _chunk_end(units, start):
    while start < len(units) and CLASS[units[start]] != SPACE:
        start += 1
    return start


def _is_address(units, start, end):
    if end - start > 4 and units[start : start + 4] == [0x77, 0x77, 0x77, STOP]:
        return True
    return any(units[i : i + 3] == [0x3A, 0x2F, 0x2F] for i in range(start + 1, end - 2))


def _rewrite_leet(units, counters):
    start = 0
    while start < len(units):
        if CLASS[units[start]] == SPACE:
            start += 1
            continue
        end = _chunk_end(units, start)
        if not _is_address(units, start, end):
            i = start
            while i < end:
                token = i
                while i < end and (CLASS[units[i]] == WORD or units[i] in SIGNS):
                    i += 1
                if i > token:
                    _rewrite_leet_token(units, token, i, counters)
                else:
                    i += 1
        start = end


def _rewrite_leet_token(units, start, end, counters):
    while start < end and units[start] == BANG:
        start += 1
    while end > start and units[end - 1] in (BANG, AT):
        end -= 1
    if start == end or units[start] == AT:
        return
    token = units[start:end]
    if any(LETTER[unit] not in (LATIN, DIGIT) and unit not in SIGNS for unit in token):
        return
    if not any(LETTER[unit] == LATIN for unit in token) or not any(unit in LEET for unit in token):
        return
    i = start
    while i < end:
        if LETTER[units[i]] == LATIN:
            i += 1
            continue
        begin = i
        while i < end and LETTER[units[i]] != LATIN:
            i += 1
        run = units[begin:i]
        between = begin > start and i < end
        plain = all(unit == run[0] for unit in run) or all(unit in SIGNS for unit in run)
        if all(unit in LEET for unit in run) and (between or plain):
            units[begin:i] = [LEET[unit] for unit in run]
            counters["leet"] += len(run)


def _join_letters(units, counters):
    joined, i, length = [], 0, len(units)
    while i < length:
        letter = LETTER[units[i]]
        if letter in (LATIN, ALPHABETIC) and (i == 0 or CLASS[units[i - 1]] != WORD):
            run, at = 0, i
            while at < length and LETTER[units[at]] == letter and (at + 1 >= length or CLASS[units[at + 1]] != WORD):
                run += 1
                if at + 2 < length and units[at + 1] in SEPARATORS:
                    at += 2
                else:
                    break
            if run >= 3:
                joined += units[i : i + 2 * run - 1 : 2]
                counters["spacedLetters"] += run
                i += 2 * run - 1
                continue
        joined.append(units[i])
        i += 1
    return joined


def _squeeze(units, counters):
    kept, i = [], 0
    while i < len(units):
        if CLASS[units[i]] == SPACE:
            kept.append(units[i])
            i += 1
            continue
        end = _chunk_end(units, i)
        keep = _is_address(units, i, end)
        while i < end:
            pair = 0xD800 <= units[i] <= 0xDBFF and i + 1 < end and 0xDC00 <= units[i + 1] <= 0xDFFF
            one = units[i : i + (2 if pair else 1)]
            run = 1
            while i + (run + 1) * len(one) <= end and units[i + run * len(one) : i + (run + 1) * len(one)] == one:
                run += 1
            most = 3 if one[0] == STOP else 2
            count = run if run <= most or keep or LETTER[one[0]] == DIGIT else most
            counters["repeats"] += count < run
            kept += one * count
            i += run * len(one)
    return kept


def read(text):
    """The raw and the normalised view as code units, what was decoded as text, and how often each disguise was met."""
    counters = dict.fromkeys(COUNTERS, 0)
    given = units_of(text)
    text = text_of(given)
    raw = [LOWER[unit] for unit in given]
    decoded, counters["encoded"] = _decode(text) if _may_be_encoded(text, given) else ("", 0)
    units = units_of(text if text.isascii() else _fold(text, counters))
    _rewrite_lookalikes(units, counters)
    units = [LOWER[unit] for unit in units]
    _rewrite_leet(units, counters)
    units = _squeeze(_join_letters(units, counters), counters)
    return raw, units, decoded, counters


# The decoded view -------------------------------------------------------------------------------------------------------

BASE64 = re.compile("[A-Za-z0-9+/_-]{16,}={0,2}")
HEX = re.compile(r"(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ :,]?){8,}")
PERCENT = re.compile("(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~+-]*){3,}")
REFERENCES = re.compile("(?:&#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});?[ ]?){3,}")
REFERENCE = re.compile("&#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));?")
LONG_RUN = re.compile("[A-Za-z0-9+/_-]{16}")
SPACED_HEX = re.compile("(?:[0-9A-Fa-f]{2}[ :,]){7}")
LONGEST = 4096
ROTATED = -64
PER_MILLE = (82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1)
EVIDENCE = [math.floor(8 * math.log2(PER_MILLE[i] / PER_MILLE[(i + 13) % 26]) + 0.5) for i in range(26)]
COMMON_PAIRS = set(
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea "
    "ra ce li ch ll be ma si om ur".split(" ")
)


def _may_be_encoded(text, units):
    if LONG_RUN.search(text) or "%" in text or "&#" in text or _evidence(text) < ROTATED:
        return True
    letter = [LETTER[unit] in (LATIN, ALPHABETIC) for unit in units]
    digit = [LETTER[unit] == DIGIT or unit in SIGNS for unit in units]
    beside = any(a and b for a, b in zip(letter, digit[1:])) or any(a and b for a, b in zip(digit, letter[1:]))
    return beside and SPACED_HEX.search(text) is not None


def _decode(text):
    source, best, segments = text_of(units_of(text)[:LONGEST]), "", 0
    for _ in range(2):
        found = _decode_once(source)
        if not found:
            break
        segments += len(found)
        source = best = text_of(units_of(" ".join(found))[:LONGEST])
    return best, segments


def _decode_once(text):
    found = []

    def take(encoded, decoded):
        if not _is_printable(decoded) or _letter_share(decoded) <= _letter_share(encoded):
            return
        if sum(_category(character).startswith("L") for character in decoded) >= 3:
            found.append(decoded)

    for match in HEX.finditer(text):
        digits = re.sub(r"\\x|0x|[ :,]", "", match[0])
        take(match[0], _utf8(bytes.fromhex(digits[: len(digits) // 2 * 2])))
    if not found:
        for match in BASE64.finditer(text):
            digits = match[0].rstrip("=").replace("-", "+").replace("_", "/")
            digits = digits[:-1] if len(digits) % 4 == 1 else digits
            take(match[0], _utf8(base64.b64decode(digits + "=" * (-len(digits) % 4))))
    for match in PERCENT.finditer(text):
        try:
            take(match[0], urllib.parse.unquote(match[0].replace("+", " "), errors="strict"))
        except UnicodeDecodeError:
            pass
    for match in REFERENCES.finditer(text):
        take(match[0], text_of(units_of(REFERENCE.sub(_from_reference, match[0]))))
    if not found and _evidence(text) < ROTATED and _letter_share(text) > 0.6:
        turned = re.sub("[A-Za-z]", lambda m: chr((ord(m[0]) % 32 + 12) % 26 + (65 if m[0] < "a" else 97)), text)
        likeness = _common_pairs(turned)
        if likeness > 0.25 and likeness > 2 * _common_pairs(text):
            found.append(turned)
    return found


def _utf8(data):
    # As browsers do: a byte order mark stays here, and each maximal wrong part becomes one replacement character.
    return data.decode("utf-8", "replace")


def _from_reference(match):
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if code <= 0x10FFFF else ""


def _category(character):
    return unicodedata.category(character)


def _is_printable(text):
    printable = sum(
        character in "\t\n\r" or not (_category(character).startswith("C") or character == "\ufffd") for character in text
    )
    return len(text) > 0 and printable / len(text) > 0.9


def _letter_share(text):
    count = sum(
        character == " " or _category(character) in ("Ll", "Lo") or _category(character).startswith("M")
        for character in text
    )
    return count / max(1, len(units_of(text)))


def _evidence(text):
    return sum(EVIDENCE[ord(character) % 32 - 1] for character in text if character.isascii() and character.isalpha())


def _common_pairs(text):
    pairs = common = 0
    before = ""
    for character in text:
        now = character.lower() if character.isascii() and character.isalpha() else ""
        if before and now:
            pairs += 1
            common += before + now in COMMON_PAIRS
        before = now
    return common / pairs if pairs else 0


# Features -----------------------------------------------------------------------------------------------------------------

MASK = 0xFFFFFFFF
PRIME = 0x01000193
WORD_BASIS = 0x811C9DC5
CHAR_BASIS = (WORD_BASIS ^ 0x63) * PRIME & MASK
COUNTER_BASIS = (WORD_BASIS ^ 0x6E) * PRIME & MASK
RAW, NORMALISED = 0x2C1B3C6D, 0x9E3779B1


def _step(value, unit):
    return (value ^ unit) * PRIME & MASK


def _word_hashes(units, pairs):
    hashes, before, i = [], 0, 0
    while i < len(units):
        kind, value = CLASS[units[i]], _step(WORD_BASIS, units[i])
        i += 1
        if kind < WORD:
            continue
        if kind == WORD:
            while i < len(units) and CLASS[units[i]] == WORD:
                value = _step(value, units[i])
                i += 1
        elif kind == HIGH and i < len(units) and 0xDC00 <= units[i] <= 0xDFFF:
            value = _step(value, units[i])
            i += 1
        hashes.append(value)
        if pairs and before != 0:
            hashes.append(_step(_step(before, BLANK), value))
        before = value
    return hashes


def _character_hashes(units, least, most):
    hashes, i = [], 0
    while i < len(units):
        end = _chunk_end(units, i)
        chunk = [BLANK] + units[i:end] + [BLANK]
        if end > i:
            for start in range(len(chunk) - 1):
                value = CHAR_BASIS
                for at in range(start, min(len(chunk), start + most)):
                    value = _step(value, chunk[at])
                    if at - start + 1 >= least and at > 0:
                        hashes.append(value)
        i = end + 1
    return hashes


def feature_ids(settings, text):
    """Distinct buckets of a text, in the order in which they are met; at most `settings["cap"]` of them."""
    shift = 32 - settings["buckets"].bit_length() + 1
    raw, normalised, decoded, counters = read(text)
    pairs, (least, most) = settings["wordNgrams"][1] == 2, settings["charNgrams"]
    wanted = settings["views"]
    views = []
    if "raw" in wanted and "normalised" in wanted and raw == normalised:
        views.append((raw, (RAW, NORMALISED)))
    else:
        views += [(raw, (RAW,))] if "raw" in wanted else []
        views += [(normalised, (NORMALISED,))] if "normalised" in wanted else []
    if "decoded" in wanted and decoded:
        views.append((read(decoded)[1], (NORMALISED,)))

    met, words, characters = set(), [], []

    def meet(value, multipliers, into):
        mixed = value ^ value >> 15
        for multiplier in multipliers:
            bucket = (mixed * multiplier & MASK) >> shift
            if bucket not in met:
                met.add(bucket)
                into.append(bucket)

    for place, name in enumerate(COUNTERS):
        count = counters[name]
        if count > 0:
            level = 1 if count == 1 else 2 if count <= 3 else 3 if count <= 7 else 4
            meet(_step(_step(COUNTER_BASIS, place), level), (NORMALISED,), words)
    for units, multipliers in views:
        for value in _word_hashes(units, pairs):
            meet(value, multipliers, words)
    for units, multipliers in views:
        for value in _character_hashes(units, least, most):
            meet(value, multipliers, characters)
    kept = _keep(words, settings["cap"])
    return kept + _keep(characters, settings["cap"] - len(kept))


def _keep(buckets, room):
    if len(buckets) <= room:
        return buckets
    classes = [(bucket * 0x85EBCA6B & MASK) >> 22 for bucket in buckets]
    histogram = [0] * 1024
    for mixed in classes:
        histogram[mixed] += 1
    last, spare = 0, room
    while spare >= histogram[last]:
        spare -= histogram[last]
        last += 1
    kept = []
    for bucket, mixed in zip(buckets, classes):
        if mixed < last:
            kept.append(bucket)
        elif mixed == last:
            if spare > 0:
                kept.append(bucket)
            spare -= 1
    return kept


# Scores -------------------------------------------------------------------------------------------------------------------


def create_featuriser(model, terms):
    """`model`: content of model.json; `terms`: bytes of tables/terms.bin. Gives ids and weights of one text."""

    def featurise(text):
        ids = feature_ids(model["featuriser"], text)
        # A text without features is one of weight 0: some runtimes refuse an empty dimension.
        return (ids, [terms[i] for i in ids]) if ids else ([0], [0])

    return featurise


def scores_of(model, logits):
    """Rounded logit and calibrated probability by category, from the output `logits` of the network for one text."""
    scores = {}
    for category, logit in zip(model["categories"], logits):
        rounded = math.floor(float(logit) * 4096 + 0.5) / 4096
        scores[category] = {"logit": rounded, "probability": _calibrated(model["calibrators"].get(category), rounded)}
    return scores


def _sigmoid(value):
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _softplus(value):
    return max(value, 0) + math.log1p(math.exp(-abs(value)))


def _calibrated(calibrator, logit):
    kind = calibrator["kind"] if calibrator else "IDENTITY"
    if kind == "PLATT":
        a, b = calibrator["parameters"]
        return _sigmoid(a * logit + b)
    if kind == "BETA":
        a, b, c = calibrator["parameters"]
        return _sigmoid(-a * _softplus(-logit) + b * _softplus(logit) + c)
    if kind == "ISOTONIC" and calibrator["x"]:
        x, y = calibrator["x"], calibrator["y"]
        if logit <= x[0]:
            return y[0]
        for x0, x1, y0, y1 in zip(x, x[1:], y, y[1:]):
            if x0 <= logit < x1:
                return y0 + (y1 - y0) * (logit - x0) / (x1 - x0)
        return y[-1]
    return _sigmoid(logit)
