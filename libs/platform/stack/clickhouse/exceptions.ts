/** ClickHouse's own numbers for the errors that the facade itself raises (system.errors). */
export const CODE = {
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_SETTING: 115,
  READONLY: 164,
  QUERY_IS_TOO_LARGE: 223,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  UNKNOWN_QUERY_PARAMETER: 456,
  ACCESS_DENIED: 497,
  CANNOT_DECOMPRESS: 271,
  AUTHENTICATION_FAILED: 516,
  STD_EXCEPTION: 1001,
} as const;

type CodeName = keyof typeof CODE;

/** An error as ClickHouse words it, so that clients recognise it. */
export class ClickHouseException extends Error {
  readonly code: number;

  constructor(name: CodeName, text: string) {
    super(`Code: ${CODE[name]}. DB::Exception: ${text} (${name})`);
    this.name = 'ClickHouseException';
    this.code = CODE[name];
  }
}

/** The number in the text of an engine error; 1001 (something from below the engine) when it names none. */
export const exceptionCode = (message: string): number => {
  const code = /Code: (\d+)/.exec(message)?.[1];
  return code === undefined ? CODE.STD_EXCEPTION : Number(code);
};

// As the server's HTTP handler answers them: what the caller got wrong is 4xx, what went wrong inside is 500.
const STATUS: ReadonlyMap<number, number> = new Map([
  ...[6, 26, 27, 33, 36, 38, 41, 43, 53, 62, 69, 72, 117, 386, 427, 456, 457].map((code) => [code, 400] as const),
  ...[46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 336].map((code) => [code, 404] as const),
  ...[164, 192, 193, 497, 516].map((code) => [code, 403] as const),
  [159, 408],
  [194, 401],
  [202, 503],
  [209, 503],
  [223, 413],
  [271, 400],
  [48, 501],
]);

export const httpStatus = (code: number): number => STATUS.get(code) ?? 500;
