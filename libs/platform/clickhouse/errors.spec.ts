import { FatalError, RetryableError } from '#platform/stream';
import { errorOfAnswer, errorOfConnection } from './errors.js';

const answer = (status: number, code: number | null, text = '') =>
  errorOfAnswer('insert into t', { status, code, text });

describe('errors of ClickHouse', () => {
  it.each([
    [252, 'too many parts'],
    [241, 'memory limit'],
    [242, 'read-only table'],
    [164, 'read-only mode'],
    [159, 'time-out'],
    [202, 'too many queries'],
  ])('code %i (%s) passes: the same batch is tried again', (code) => {
    expect(answer(500, code)).toMatchObject({ name: 'RetryableError', code: 'clickhouse_busy' });
  });

  it.each([
    [60, 'unknown table'],
    [16, 'unknown column'],
    [53, 'wrong type'],
    [516, 'wrong password'],
  ])('code %i (%s) is a fatal configuration', (code) => {
    expect(answer(404, code)).toMatchObject({ name: 'FatalError', code: 'configuration' });
  });

  it('takes a code that nobody classified for fatal', () => {
    expect(answer(500, 4242)).toMatchObject({ name: 'FatalError', code: 'unknown' });
  });

  it('takes a proxy that has no server for unavailable, and another stranger for fatal', () => {
    expect(answer(503, null)).toMatchObject({ code: 'clickhouse_unavailable' });
    expect(answer(404, null)).toBeInstanceOf(FatalError);
  });

  it('classifies a broken connection by the code of the system', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(errorOfConnection('ping', refused, false)).toMatchObject({ code: 'clickhouse_unavailable' });
    expect(errorOfConnection('ping', new AggregateError([refused]), false)).toBeInstanceOf(RetryableError);
    expect(errorOfConnection('ping', new Error('?'), false)).toBeInstanceOf(FatalError);
    expect(errorOfConnection('ping', new Error('?'), true)).toMatchObject({ code: 'timeout' });
  });

  it('keeps the answer short and on one line', () => {
    const { message } = answer(500, 62, `Syntax error\n${'x'.repeat(2000)}`);
    expect(message).toMatch(/^insert into t: ClickHouse answered code 62: Syntax error x+$/);
    expect(message.length).toBeLessThan(600);
  });
});
