import * as library from '@huggingface/tokenizers';

interface Loaded {
  encode(text: string, options?: { readonly add_special_tokens?: boolean }): { readonly ids: readonly number[] };
}

/** Its declarations import without extensions, which ESM resolution does not follow: what is used of it is declared here. */
const { Tokenizer } = library as unknown as { readonly Tokenizer: new (tokenizer: object, config: object) => Loaded };

/** Token ids of a text as the encoder reads them, special tokens included; at most `most`. */
export type Tokenise = (text: string, most: number) => readonly number[];

/**
 * So much of a text is looked at, in UTF-16 units. 256 tokens are about 1,000 letters; a text of which less than 256 tokens lie in its
 * first 8,192 is blank space or one endless word, and must not hold up the event loop.
 */
const MOST_UNITS = 8192;

/**
 * The tokenizer of a Hugging Face folder. Padding and truncation that the file fixes are not used: every document stands alone, and
 * the limit is the caller's (model 9.5). Cut like the Python package: special tokens stay, text goes.
 * @throws Error when the file is no tokenizer that the library knows
 */
export function createTokenise(tokenizer: object, config: object): Tokenise {
  const loaded = new Tokenizer(tokenizer, config);
  const plain = (text: string): readonly number[] => loaded.encode(text, { add_special_tokens: false }).ids;
  const { head, tail } = specialTokens(loaded, plain('a'));
  return (text, most) => {
    const ids = plain(firstUnits(text));
    return [...head, ...ids.slice(0, Math.max(0, most - head.length - tail.length)), ...tail];
  };
}

/** What the tokenizer puts around a text. */
function specialTokens(loaded: Loaded, plain: readonly number[]): { head: number[]; tail: number[] } {
  const whole = loaded.encode('a').ids;
  const start = whole.findIndex((_, at) => plain.every((id, i) => whole[at + i] === id));
  if (plain.length === 0 || start < 0) throw new Error('tokenizer.json: special tokens cannot be told from text');
  return { head: whole.slice(0, start), tail: whole.slice(start + plain.length) };
}

function firstUnits(text: string): string {
  if (text.length <= MOST_UNITS) return text;
  const last = text.charCodeAt(MOST_UNITS - 1);
  // A pair of surrogates is not torn apart.
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? MOST_UNITS - 1 : MOST_UNITS);
}
