"""Golden of the encoder tier: tokens and embeddings of our own sentences, made by the Python packages.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install tokenizers onnxruntime numpy
    /tmp/golden/bin/python bench/cascade/make-golden.py .tidegate/infra/encoder libs/platform/inference/encoder.golden.json
    npx prettier --write libs/platform/inference/encoder.golden.json

One document a run, one thread, prefix "query: ", at most 256 tokens, mean over the tokens.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import onnxruntime
import tokenizers

PREFIX = "query: "
MAX_TOKENS = 256

TEXTS = [
    "a",
    "The tide comes in twice a day.",
    "Thank you for the lovely evening, the soup was far too hot though!!!",
    "",
    "   \t\n ",
    "I wILL nEVer go back to that shop; they sold me a broken lamp & a torn map.",
    "Crème brûlée, naïve façade, Ærøskøbing, Łódź, İstanbul",
    "東京の桜はもう咲きましたか。 我们明天去海边。 내일 만나요",
    "Привет, как дела? Γειά σου Κόσμε. مرحبا بالعالم. שלום",
    "🙂🙃 party 🎉🎉 family 👨‍👩‍👧 flag 🇳🇴",
    "y0u @re s0 s.t.u.p.i.d l\u200bi\u200bk\u200be a b0x of r0cks",
    "visit https://example.org/a/b?c=d&e=f#g or mail nobody@example.org",
    "supercalifragilisticexpialidocious" * 4,
    "0123456789 3.14159 1,000,000 12:34:56 2026-01-02",
    "[CLS] [SEP] [MASK] [PAD] ##ing",
    "The lighthouse keeper counts the waves and writes each of them into a book. " * 30,
    "one two three four five six seven eight nine ten " * 25 + "eleven",
    "\u0000\ufffd\u00ad\u2028control\u0007 characters\r\nand\vothers",
    "ﬁne ｗｉｄｅ ℌ𝔢𝔩𝔩𝔬 ①②③ ½",
]


def main(folder: str, target: str) -> None:
    place = pathlib.Path(folder)
    tokenizer = tokenizers.Tokenizer.from_file(str(place / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(place / "model.onnx"), options, providers=["CPUExecutionProvider"])
    cases = []
    for text in TEXTS:
        encoding = tokenizer.encode(PREFIX + text)
        ids = numpy.array([encoding.ids], dtype=numpy.int64)
        mask = numpy.array([encoding.attention_mask], dtype=numpy.int64)
        (hidden,) = session.run(
            ["last_hidden_state"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)},
        )
        weights = mask[0][:, None].astype(numpy.float64)
        embedding = (hidden[0] * weights).sum(axis=0) / weights.sum()
        cases.append({"text": text, "ids": encoding.ids, "embedding": [round(float(x), 6) for x in embedding]})
    golden = {
        "model": hashlib.sha256((place / "model.onnx").read_bytes()).hexdigest(),
        "tokenizer": hashlib.sha256((place / "tokenizer.json").read_bytes()).hexdigest(),
        "madeWith": {"tokenizers": tokenizers.__version__, "onnxruntime": onnxruntime.__version__},
        "prefix": PREFIX,
        "maxTokens": MAX_TOKENS,
        "cases": cases,
    }
    # One case a line: a change of one sentence is a change of one line.
    lines = ",\n".join(json.dumps(case) for case in golden.pop("cases"))
    head = json.dumps(golden, indent=2)[:-2]
    pathlib.Path(target).write_text(f'{head},\n  "cases": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
