import { RetryableError } from '#platform/stream';
import { pointerOf, Problem, problemOf, renderProblem } from './problem.js';

const limits = { bodyLimit: 65_536 };

describe('problems', () => {
  it('render as RFC 9457 documents with the wrong fields', () => {
    const problem = new Problem('invalid_request', 'text is too long', {
      errors: [{ pointer: '/items/3/text', detail: 'Too long.' }],
    });
    expect(renderProblem(problem)).toEqual({
      status: 400,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      body: {
        type: 'urn:tidegate:problem:invalid_request',
        title: 'A field has a value that is not allowed',
        status: 400,
        detail: 'text is too long',
        errors: [{ pointer: '/items/3/text', detail: 'Too long.' }],
      },
    });
  });

  it('say when to come again in whole seconds, at least one', () => {
    const retryAfter = (seconds: number) =>
      renderProblem(new Problem('rate_limited', 'x', { retryAfterSeconds: seconds })).headers['retry-after'];
    expect([retryAfter(0), retryAfter(0.2), retryAfter(2.1)]).toEqual(['1', '1', '3']);
  });

  it('tell nothing of an error that nobody classified', () => {
    const problem = problemOf(new Error('connect ECONNREFUSED 10.0.0.3 password=hunter2'), limits);
    expect(JSON.stringify(renderProblem(problem))).not.toMatch(/10\.0\.0\.3|hunter2/);
    expect(problem.status).toBe(500);
  });

  it('make trouble that passes a 503 with Retry-After', () => {
    const { status, headers } = renderProblem(problemOf(new RetryableError('broker_unavailable', 'x'), limits));
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });

  it.each([
    [413, 'too_large'],
    [415, 'unsupported_media_type'],
    [404, 'not_found'],
    [400, 'malformed_json'],
    [418, 'internal'],
  ])('answer a framework error of status %i as %s', (statusCode, code) => {
    expect(problemOf(Object.assign(new Error('x'), { statusCode }), limits).code).toBe(code);
  });

  it('escape field names in pointers and cut the long ones', () => {
    expect(pointerOf(['items', 3, 'a/b~c'])).toBe('/items/3/a~1b~0c');
    expect(pointerOf(['x'.repeat(1000)])).toHaveLength(65);
  });
});
