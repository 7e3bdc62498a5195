import { validateContent, type ContentSubmitted } from '#platform/contracts';
import { UsageError } from './usage-error.js';

const kinds: ReadonlySet<string> = new Set(['POST', 'COMMENT', 'MESSAGE', 'PROFILE', 'PROMPT', 'COMPLETION', 'OTHER']);
const fields: ReadonlySet<string> = new Set([
  'contentId',
  'revision',
  'platform',
  'kind',
  'text',
  'language',
  'authorId',
  'conversationId',
  'metadata',
  'submittedAt',
]);

/**
 * Contents of a JSONL file: `{"contentId", "text", "platform"?, "revision"?, "kind"?, ...}` a line. All or nothing.
 * @throws UsageError that names file, line and field of the first mistake
 */
export function readContents(
  file: string,
  text: string,
  defaults: { readonly platform: string; readonly now: number },
): readonly ContentSubmitted[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${file}:${index + 1}`;
    const content = { ...empty, platform: defaults.platform, submittedAt: defaults.now, ...parseLine(where, line) };
    const problem = shapeProblem(content) ?? validateContent(content)?.detail ?? null;
    if (problem !== null) throw new UsageError(`${where}: ${problem}`);
    return [content];
  });
}

const empty: ContentSubmitted = {
  contentId: '',
  revision: 1,
  platform: '',
  kind: 'POST',
  text: '',
  language: null,
  authorId: null,
  conversationId: null,
  metadata: {},
  submittedAt: 0,
};

function parseLine(where: string, line: string): Partial<ContentSubmitted> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new UsageError(`${where}: is not JSON`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new UsageError(`${where}: is not an object`);
  const unknown = Object.keys(parsed).find((field) => !fields.has(field));
  if (unknown !== undefined)
    throw new UsageError(`${where}: ${unknown}: is not a field; there are ${[...fields].join(', ')}`);
  return parsed;
}

/** What the types promise and a file does not. */
function shapeProblem(content: Readonly<Record<keyof ContentSubmitted, unknown>>): string | null {
  for (const field of ['contentId', 'platform', 'text'] as const) {
    if (typeof content[field] !== 'string') return `${field}: must be a string`;
  }
  for (const field of ['language', 'authorId', 'conversationId'] as const) {
    if (content[field] !== null && typeof content[field] !== 'string') return `${field}: must be a string or null`;
  }
  for (const field of ['revision', 'submittedAt'] as const) {
    if (!Number.isSafeInteger(content[field])) return `${field}: must be a whole number`;
  }
  if (!kinds.has(String(content.kind))) return `kind: must be one of ${[...kinds].join(', ')}`;
  const { metadata } = content;
  const isMap = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (!isMap || Object.values(metadata).some((value) => typeof value !== 'string'))
    return 'metadata: must be an object of strings';
  return null;
}
