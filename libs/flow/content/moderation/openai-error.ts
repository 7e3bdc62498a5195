import { problemHeaders, type Problem, type ProblemCode, type RenderedError } from '../http/problem.js';

const TYPES: Readonly<Record<ProblemCode, string>> = {
  malformed_json: 'invalid_request_error',
  invalid_request: 'invalid_request_error',
  unauthenticated: 'invalid_request_error',
  forbidden: 'invalid_request_error',
  not_found: 'invalid_request_error',
  conflict: 'invalid_request_error',
  too_large: 'invalid_request_error',
  uri_too_long: 'invalid_request_error',
  unsupported_media_type: 'invalid_request_error',
  rate_limited: 'rate_limit_exceeded',
  internal: 'server_error',
  overloaded: 'server_error',
  unavailable: 'server_error',
};

const CODES: Partial<Record<ProblemCode, string>> = {
  unauthenticated: 'invalid_api_key',
  rate_limited: 'rate_limit_exceeded',
  not_found: 'unknown_url',
};

/** The error body that OpenAI's clients read: all four keys, always. */
export function renderOpenAiError(problem: Problem): RenderedError {
  // Fields of this endpoint are named as OpenAI names them (`input[1].text`); a JSON pointer comes from the reader of the body.
  const param = problem.errors[0]?.pointer.replace(/^\//, '').replaceAll('/', '.') ?? '';
  return {
    status: problem.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...problemHeaders(problem) },
    body: {
      error: {
        message: problem.detail,
        type: TYPES[problem.code],
        param: param === '' ? null : param,
        code: CODES[problem.code] ?? null,
      },
    },
  };
}
