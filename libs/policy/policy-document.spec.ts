import { lintPolicy } from './lint-policy.js';
import { formatPolicyProblem, parsePolicy, type PolicyProblem } from './policy-document.js';

const GOOD = `id: default
version: 1
title: Default policy
owner: trust@example.org
changelog: First version.
categories: [H, V]
channels:
  public:
    uncovered: allow
    targets:
      H:
        block: { precision: 0.95, provisional: 0.8 }
        review: { recall: 0.9, provisional: 0.3 }
      V: {}
`;

function problems(text: string, channels: readonly string[] = ['public']): readonly string[] {
  const parsed = parsePolicy(text, 'p.yaml');
  const found: readonly PolicyProblem[] = parsed.ok ? lintPolicy(parsed, channels) : parsed.problems;
  return found.map(formatPolicyProblem);
}
const changed = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

describe('parsePolicy', () => {
  it('reads a document', () => {
    expect(problems(GOOD)).toEqual([]);
    expect(parsePolicy(GOOD, 'p.yaml')).toMatchObject({
      ok: true,
      policy: {
        id: 'default',
        version: 1,
        channels: { public: { targets: { H: { block: { precision: 0.95, provisional: 0.8 } }, V: {} } } },
      },
    });
  });

  it.each([
    [
      'a value of another type',
      changed('version: 1', 'version: one'),
      ['p.yaml:2:1: version: Invalid input: expected number'],
    ],
    [
      'a probability as a percentage',
      changed('0.95', '95'),
      ['p.yaml:12:18: channels.public.targets.H.block.precision: must be at most 1'],
    ],
    [
      'a misspelt field',
      changed('uncovered: allow', 'uncoverd: allow'),
      ['p.yaml:8:3: channels.public.uncovered: ', 'p.yaml:9:5: channels.public.uncoverd: unknown field'],
    ],
    ['a missing field', changed('owner: trust@example.org\n', ''), ['p.yaml:1:1: owner: missing, must be string']],
    ['a wrong name of a channel', changed('public:', 'Public!:'), ['p.yaml:8:3: channels.Public!: a channel is']],
    ['a duplicate key', changed('version: 1', 'id: default'), ['p.yaml:2:1: not YAML: ']],
    ['what is not YAML', 'id: [', ['p.yaml:1:6: not YAML: ']],
    ['an empty file', '', ['p.yaml:1:1: Invalid input: expected object']],
  ])('says where %s stands', (_, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(expected.length);
    for (const part of expected) expect(found.some((problem) => problem.startsWith(part))).toBe(true);
  });

  it('reports all problems at once', () => {
    expect(problems(GOOD.replace('0.95', '95').replace('0.9,', '9,'))).toHaveLength(2);
  });
});

describe('lintPolicy', () => {
  it.each([
    [
      'an unknown category',
      changed('V: {}', 'V: {}\n      X: {}'),
      'p.yaml:15:7: channels.public.targets.X: unknown category',
    ],
    [
      'a missing target',
      changed('      V: {}\n', ''),
      'p.yaml:10:5: warning: channels.public.targets: category V never acts here',
    ],
    [
      'a review above the block',
      changed('provisional: 0.3', 'provisional: 0.85'),
      'p.yaml:13:32: channels.public.targets.H.review.provisional: review would begin at 0.85, above block at 0.8',
    ],
    ['a category named twice', changed('[H, V]', '[H, V, H]'), 'p.yaml:6:20: categories.2: category H is named twice'],
    [
      'an unknown channel',
      changed('public:', 'kids:'),
      'p.yaml:8:3: channels.kids: unknown channel; the installation has public',
    ],
    [
      'a channel with the name of a topic',
      changed('public:', 'requested:'),
      'p.yaml:8:3: channels.requested: this name belongs',
    ],
  ])('finds %s', (_, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it('accepts review and block at one probability', () => {
    expect(problems(changed('provisional: 0.3', 'provisional: 0.8'))).toEqual([]);
  });
});
