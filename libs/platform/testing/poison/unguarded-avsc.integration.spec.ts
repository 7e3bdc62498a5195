import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { codecOf } from '#platform/contracts';
import { long, nothing } from './avro-bytes.js';

/** What the decoder does with bytes that no guard has seen, in a process of its own with 64 MiB and five seconds. */
function decodeUnguarded(schema: string, body: Buffer) {
  const { signal, status, stdout } = spawnSync(
    process.execPath,
    ['--max-old-space-size=64', join(import.meta.dirname, 'decode-unguarded.mjs'), schema, body.toString('base64')],
    { encoding: 'utf8', timeout: 5000, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [outcome = '', milliseconds = 'NaN'] = stdout.split(' ');
  return { died: signal !== null || status !== 0, outcome, milliseconds: Number(milliseconds) };
}

describe('avsc without the guard', () => {
  it('reads a sound record', () => {
    const { schema, encode } = codecOf('content/erased');
    const body = encode({ contentId: '1', platform: 'forum', requestedBy: null, erasedAt: 1 });
    expect(decodeUnguarded(schema, body)).toMatchObject({ died: false, outcome: 'decoded' });
  });

  it.each([
    ['an array of 200 M nulls', '{"type":"array","items":"null"}', long(200_000_000)],
    [
      'an array of 200 M empty records',
      '{"type":"array","items":{"type":"record","name":"Empty","fields":[]}}',
      long(200_000_000),
    ],
    ['a truncated array of 200 M ints', '{"type":"array","items":"int"}', long(200_000_000)],
  ])('does not survive %s', (_, schema, body) => {
    expect(body.length).toBeLessThanOrEqual(6);
    expect(decodeUnguarded(schema, Buffer.concat([body, nothing]))).toMatchObject({ died: true });
  });

  it('works for longer than 5 ms on a truncated map of ten bytes', () => {
    const { died, milliseconds } = decodeUnguarded('{"type":"map","values":"string"}', long(20_000_000));
    expect(died || milliseconds > 5).toBe(true);
  });
});
