import { Problem, pointerOf } from './problem.js';

/** Nesting that a body may have. The deepest request nests 3 deep. */
const MAX_DEPTH = 16;

/**
 * Reads JSON so that two readers cannot understand it differently: UTF-8 only, no field twice in one object, bounded nesting.
 * @throws Problem `malformed_json` that names the field or the byte, never content
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new Problem('malformed_json', 'The body is empty.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('malformed_json', 'The body is not UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed_json', 'The body is not JSON.');
  }
  refuseAmbiguity(text);
  return value;
}

interface Level {
  /** Names seen in this object; null for an array. */
  readonly names: Set<string> | null;
  at: string | number;
}

/** Walks over JSON that is known to be valid. */
function refuseAmbiguity(text: string): void {
  const levels: Level[] = [];
  let isName = false;
  for (let i = 0; i < text.length; i++) {
    const level = levels.at(-1);
    switch (text[i]) {
      case '"': {
        const end = endOfString(text, i);
        if (isName && level?.names != null) addName(levels, level.names, JSON.parse(text.slice(i, end + 1)) as string);
        isName = false;
        i = end;
        break;
      }
      case '{':
      case '[':
        if (levels.length === MAX_DEPTH) {
          throw new Problem('malformed_json', `The body nests deeper than ${MAX_DEPTH} levels.`);
        }
        isName = text[i] === '{';
        levels.push(isName ? { names: new Set(), at: '' } : { names: null, at: 0 });
        break;
      case '}':
      case ']':
        levels.pop();
        isName = false;
        break;
      case ',':
        if (level?.names != null) isName = true;
        else if (typeof level?.at === 'number') level.at++;
        break;
    }
  }
}

function addName(levels: readonly Level[], names: Set<string>, name: string): void {
  const level = levels.at(-1);
  if (level !== undefined) level.at = name;
  if (names.has(name) || name === '__proto__') {
    const pointer = pointerOf(levels.map(({ at }) => at));
    const detail = name === '__proto__' ? 'This name is not allowed.' : 'The field occurs twice in one object.';
    throw new Problem('malformed_json', detail, { errors: [{ pointer, detail }] });
  }
  names.add(name);
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
