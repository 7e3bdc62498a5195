import { Problem } from '../http/problem.js';
import { readItems, type ReadItemsOptions } from './content-request.js';

const options: ReadItemsOptions = { platform: 'forum', now: 1000, derivedId: null };

function problemOf(body: unknown, rest: Partial<ReadItemsOptions> = {}): Problem {
  try {
    readItems(body, { ...options, ...rest });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a request to publish', () => {
  it('fills in what is left out', () => {
    const [item] = readItems({ contentId: 'a', text: '' }, options);
    expect(item).toEqual({
      pointer: '',
      hasOwnId: true,
      content: {
        contentId: 'a',
        revision: 1,
        platform: 'forum',
        kind: 'OTHER',
        text: '',
        language: null,
        authorId: null,
        conversationId: null,
        metadata: {},
        submittedAt: 1000,
      },
    });
  });

  it('reads a time with its zone', () => {
    const [item] = readItems({ contentId: 'a', text: 'x', submittedAt: '2026-03-04T11:00:00+01:00' }, options);
    expect(item?.content.submittedAt).toBe(Date.UTC(2026, 2, 4, 10));
  });

  it.each<[string, unknown, string]>([
    [
      'a text that is none',
      {
        items: [
          { contentId: 'a', text: 'x' },
          { contentId: 'b', text: 7 },
        ],
      },
      '/items/1/text',
    ],
    ['an unknown field', { contentId: 'a', text: 'x', txet: 'y' }, '/txet'],
    ['a missing id', { text: 'x' }, '/contentId'],
    ['a revision of zero', { contentId: 'a', revision: 0, text: 'x' }, '/revision'],
    ['a text that is too long', { contentId: 'a', text: 'x'.repeat(32_769) }, '/text'],
    ['half of a surrogate pair', { contentId: 'a', text: '\ud800' }, '/text'],
    ['a control character in an id', { contentId: 'a\u0000', text: 'x' }, '/contentId'],
    ['a kind that does not exist', { contentId: 'a', text: 'x', kind: 'TWEET' }, '/kind'],
    [
      '33 metadata entries',
      { contentId: 'a', text: 'x', metadata: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, ''])) },
      '/metadata',
    ],
    ['an empty batch', { items: [] }, '/items'],
    ['257 items', { items: Array.from({ length: 257 }, (_, i) => ({ contentId: `${i}`, text: '' })) }, '/items'],
    ['a body that is no object', 'hello', ''],
  ])('names the field of %s', (_, body, pointer) => {
    const problem = problemOf(body);
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([400, pointer]);
  });

  it('never repeats the value of a field', () => {
    expect(JSON.stringify(problemOf({ contentId: 'a', text: ['very private words'] }))).not.toContain('private');
  });

  it('refuses another platform with 403 and the field', () => {
    const problem = problemOf({
      items: [
        { contentId: 'a', text: 'x' },
        { contentId: 'b', platform: 'other', text: 'x' },
      ],
    });
    expect([problem.status, problem.errors.map(({ pointer }) => pointer)]).toEqual([403, ['/items/1/platform']]);
  });

  it('takes derived ids only where there is none', () => {
    const items = readItems(
      { items: [{ text: 'x' }, { contentId: 'b', text: 'x' }] },
      { ...options, derivedId: (index) => `d-${index}` },
    );
    expect(items.map(({ content }) => content.contentId)).toEqual(['d-0', 'b']);
  });
});
