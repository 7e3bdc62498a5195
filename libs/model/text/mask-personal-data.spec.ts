import fc from 'fast-check';
import { heldOutMaskGoldens, maskGoldens } from './mask-personal-data.goldens.js';
import { maskPersonalData } from './mask-personal-data.js';

interface Marked {
  readonly text: string;
  readonly spans: readonly string[];
}

/** Takes the marks `{KIND|value}` out of a golden sentence. */
function unmark(sentence: string): Marked {
  const spans: string[] = [];
  let text = '';
  let at = 0;
  for (const { 0: whole, 1: kind = '', 2: value = '', index } of sentence.matchAll(/\{([A-Z]+)\|([^}]*)\}/g)) {
    text += sentence.slice(at, index);
    spans.push(`${kind} ${text.length}-${text.length + value.length}`);
    text += value;
    at = index + whole.length;
  }
  return { text: text + sentence.slice(at), spans };
}

/** Exact matches of kind and both ends. */
function judge(sentences: readonly string[]): { marked: number; precision: number; recall: number } {
  let marked = 0;
  let claimed = 0;
  let right = 0;
  for (const sentence of sentences) {
    const { text, spans } = unmark(sentence);
    const own = maskPersonalData(text).masks.map(({ kind, from, to }) => `${kind} ${from}-${to}`);
    marked += spans.length;
    claimed += own.length;
    right += own.filter((span) => spans.includes(span)).length;
  }
  return { marked, precision: right / claimed, recall: right / marked };
}

const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@',
        '.',
        '-',
        ' ',
        '+',
        '(',
        ')',
        '/',
        ':',
        '::',
        '\u200b',
        '[',
        ']',
        '_',
        '\n',
        '00',
        '0',
        '４',
      ),
      fc.constantFrom('call ', 'order ', 'a', 'é', '(at)', '(dot)', 'example.org', 'bob', '555-0134', '212', '0171'),
      fc.constantFrom('1234567', '4111 1111 1111 1111', '192.0.2.1', '2001:db8::1', 'https://', 'wa.me/', '[PHONE]'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

describe('masking of personal data', () => {
  it.each(Object.keys(maskGoldens))('finds every mark of the golden sentences in %s and nothing else', (language) => {
    for (const sentence of maskGoldens[language] ?? []) {
      const { text, spans } = unmark(sentence);
      const { masks } = maskPersonalData(text);
      expect({ sentence, masks: masks.map(({ kind, from, to }) => `${kind} ${from}-${to}`) }).toEqual({
        sentence,
        masks: spans,
      });
    }
  });

  it('keeps precision and recall of .95 on sentences for which no rule was made', () => {
    const { marked, precision, recall } = judge(Object.values(heldOutMaskGoldens).flat());
    expect(marked).toBeGreaterThanOrEqual(38);
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });

  it('writes the same placeholder whatever was there, and leaves the rest as it was', () => {
    expect(maskPersonalData('a@example.org, b@example.org: call 212-555-0143 or 4111111111111111').text).toBe(
      '[MAIL], [MAIL]: call [PHONE] or [CARD]',
    );
  });

  it('keeps the host of a URL and masks who stands in it', () => {
    expect(maskPersonalData('https://news.example.org/@bob?mail=x@example.com&id=2125550143').text).toBe(
      'https://news.example.org/[HANDLE]?mail=[MAIL]&id=2125550143',
    );
    expect(maskPersonalData('http://203.0.113.9:8080/a').text).toBe('http://[IP]:8080/a');
  });

  it('needs the check digit and an issuer to call digits a card', () => {
    expect(maskPersonalData('4111 1111 1111 1112').masks).toEqual([]);
    expect(maskPersonalData('9111 1111 1111 1111').masks).toEqual([]);
  });

  it('reports places in the original where invisible and full-width characters hide a number', () => {
    const text = '😀 call ５５\u200b５-０１３４!';
    expect(maskPersonalData(text)).toEqual({ text: '😀 call [PHONE]!', masks: [{ kind: 'PHONE', from: 8, to: 17 }] });
  });

  it('leaves a masked text as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const once = maskPersonalData(text).text;
        expect(maskPersonalData(once)).toEqual({ text: once, masks: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it('gives masks in order, without overlap, inside the text, for every string', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { masks, text: masked } = maskPersonalData(text);
        let at = 0;
        let rebuilt = '';
        for (const { kind, from, to } of masks) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          rebuilt += `${text.slice(at, from)}[${kind}]`;
          at = to;
        }
        expect(at).toBeLessThanOrEqual(text.length);
        expect(rebuilt + text.slice(at)).toBe(masked);
      }),
      { numRuns: 500 },
    );
  });

  it('masks an address wherever it stands between spaces', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,20}[a-z0-9]$/);
    fc.assert(
      fc.property(hostileText, name, (before, who) => {
        expect(maskPersonalData(`${before} ${who}@example.org .`).text).not.toContain(`${who}@example.org`);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['1 ', '(', '12-', '@a', 'a@', '1.', '::', 'a:', '(at)', 'http://@', '0171 ', 'a.', 'call 1', '5550100123@'])(
    'takes time in proportion to the length of "%s" repeated',
    (piece) => {
      const fastest = (length: number): number => {
        const text = piece.repeat(length / piece.length);
        return Math.min(
          ...[1, 2].map(() => {
            const started = performance.now();
            maskPersonalData(text);
            return performance.now() - started;
          }),
        );
      };
      fastest(500);
      // 64 times the length; quadratic time would be 4,096 times as much. Half a millisecond is what a clock may be wrong.
      expect(fastest(32_000)).toBeLessThan(800 * (fastest(500) + 0.5));
    },
  );
});
