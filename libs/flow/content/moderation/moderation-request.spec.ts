import { Problem } from '../http/problem.js';
import { renderOpenAiError } from './openai-error.js';
import { readModerationRequest } from './moderation-request.js';

function errorOf(body: unknown): unknown {
  try {
    readModerationRequest(body);
  } catch (error) {
    if (error instanceof Problem) return renderOpenAiError(error).body['error'];
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a moderation request', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['a string', 'a', ['a']],
    ['several strings', ['a', 'b'], ['a', 'b']],
    [
      'parts of one content',
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      ['a\nb'],
    ],
    ['an empty string', '', ['']],
  ])('takes %s', (_, input, texts) => {
    expect(readModerationRequest({ input })).toEqual({ texts, model: null, store: true });
  });

  it.each<[string, unknown, string]>([
    ['no input', {}, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['a number', { input: 7 }, 'input'],
    ['an image', { input: [{ type: 'image_url', image_url: { url: 'https://x' } }] }, 'input[0]'],
    ['a part of another type', { input: [{ type: 'audio' }] }, 'input[0].type'],
    ['a string among parts', { input: [{ type: 'text', text: 'a' }, 'b'] }, 'input[1]'],
    ['a text that is too long', { input: ['a', 'x'.repeat(32_769)] }, 'input[1]'],
    [
      'parts that are too long together',
      {
        input: [
          { type: 'text', text: 'x'.repeat(20_000) },
          { type: 'text', text: 'x'.repeat(20_000) },
        ],
      },
      'input',
    ],
    ['257 strings', { input: Array.from({ length: 257 }, () => 'a') }, 'input'],
    ['an unknown argument', { input: 'a', temperature: 1 }, 'temperature'],
    ['a model that is no string', { input: 'a', model: 7 }, 'model'],
  ])('refuses %s with the parameter', (_, body, param) => {
    expect(errorOf(body)).toMatchObject({ type: 'invalid_request_error', param, code: null });
  });

  it('says that images are not supported yet', () => {
    expect(errorOf({ input: [{ type: 'image_url', image_url: { url: 'x' } }] })).toMatchObject({
      message: 'input[0]: Images are not supported yet: send text only.',
    });
  });
});

describe('an error in the shape of OpenAI', () => {
  it('has all four keys whatever went wrong', () => {
    for (const code of [
      'malformed_json',
      'unauthenticated',
      'rate_limited',
      'not_found',
      'internal',
      'unavailable',
    ] as const) {
      const { body } = renderOpenAiError(new Problem(code, 'x'));
      expect(Object.keys(body['error'] as object).sort()).toEqual(['code', 'message', 'param', 'type']);
    }
  });

  it('names a rate limit as clients expect it', () => {
    const rendered = renderOpenAiError(new Problem('rate_limited', 'x', { retryAfterSeconds: 3 }));
    expect([rendered.status, rendered.headers['retry-after'], rendered.body]).toEqual([
      429,
      '3',
      { error: { message: 'x', type: 'rate_limit_exceeded', param: null, code: 'rate_limit_exceeded' } },
    ]);
  });
});
