import { readContents } from './read-contents.js';

const read = (...lines: readonly string[]) => readContents('in.jsonl', lines.join('\n'), { platform: 'demo', now: 5 });

describe('reading contents', () => {
  it('fills in what a line leaves out', () => {
    expect(read('{"contentId":"a","text":"hello"}', '')).toEqual([
      {
        contentId: 'a',
        revision: 1,
        platform: 'demo',
        kind: 'POST',
        text: 'hello',
        language: null,
        authorId: null,
        conversationId: null,
        metadata: {},
        submittedAt: 5,
      },
    ]);
  });

  it.each([
    ['{"contentId":"a"', 'in.jsonl:2: is not JSON'],
    ['[1]', 'in.jsonl:2: is not an object'],
    ['{"contentId":"a","txt":"x"}', 'in.jsonl:2: txt: is not a field'],
    ['{"contentId":7,"text":"x"}', 'in.jsonl:2: contentId: must be a string'],
    ['{"contentId":"a","text":"x","revision":0}', 'in.jsonl:2: revision: must be 1 or more'],
    ['{"contentId":"a","text":"x","revision":"2"}', 'in.jsonl:2: revision: must be a whole number'],
    ['{"contentId":"a","text":"x","kind":"TWEET"}', 'in.jsonl:2: kind: must be one of'],
    ['{"contentId":"a","text":"x","metadata":{"a":1}}', 'in.jsonl:2: metadata: must be an object of strings'],
    ['{"contentId":"a","text":"x","platform":"Demo!"}', 'in.jsonl:2: platform: must be'],
  ])('names file, line and field: %s', (line, message) => {
    expect(() => read('{"contentId":"a","text":"x"}', line)).toThrow(message);
  });
});
