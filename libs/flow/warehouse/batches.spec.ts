import fc from 'fast-check';
import { RowBinary } from '#platform/clickhouse';
import { createBatches, type Batch, type Batches, type BatchLimits } from './batches.js';

const limits: BatchLimits = {
  fullRows: 10,
  fullBytes: 100_000,
  maxAgeMs: 1000,
  busyRows: 5,
  busyAgeMs: 4000,
  maxWaitingBytes: 100_000,
};

function fill(batches: Batches, place: string, offsets: readonly number[], now: number): Batch {
  const batch = batches.open(place, 0, offsets[0] ?? 0, now);
  for (const offset of offsets) batch.buffer.string(`${place}/${offset}`);
  batch.rows += offsets.length;
  batch.nextOffset = (offsets.at(-1) ?? 0) + 1;
  return batch;
}

const create = (overrides: Partial<BatchLimits> = {}) =>
  createBatches({ ...limits, ...overrides }, () => new RowBinary(16));

/** Rows of a batch, by the place and offset that fill wrote. */
function rowsOf(batch: Batch): readonly string[] {
  const bytes = batch.buffer.take();
  const rows: string[] = [];
  for (let position = 0; position < bytes.length;) {
    const length = bytes.readUInt8(position);
    rows.push(bytes.toString('utf8', position + 1, position + 1 + length));
    position += 1 + length;
  }
  return rows;
}

describe('batches', () => {
  it('wait until they are full or old', () => {
    const batches = create();
    fill(batches, 'a', [0, 1, 2], 0);
    expect(batches.next(999)).toBeNull();
    expect(batches.next(1000)).toMatchObject({ topic: 'a', rows: 3 });
    fill(batches, 'b', [...Array(10).keys()], 1000);
    expect(batches.next(1000)).toMatchObject({ topic: 'b', rows: 10 });
  });

  it('that were opened for nothing are taken back, and no others', () => {
    const batches = create();
    batches.discard(batches.open('a', 0, 7, 0));
    expect(batches.isEmpty()).toBe(true);
    const kept = fill(batches, 'a', [7], 0);
    batches.discard(kept);
    expect(batches.next(1000)).toBe(kept);
  });

  it('that are many wait longer, so that a busy partition is inserted in fewer pieces', () => {
    const batches = create();
    fill(batches, 'a', [0, 1, 2, 3, 4], 0);
    expect(batches.next(3999)).toBeNull();
    expect(batches.next(4000)).toMatchObject({ topic: 'a', rows: 5 });
  });

  it('have no room when one partition is full, and others still do', () => {
    const batches = create();
    fill(batches, 'a', [...Array(10).keys()], 0);
    expect(batches.hasRoom('a', 0)).toBe(false);
    expect(batches.hasRoom('a', 1)).toBe(true);
    batches.next(0);
    expect(batches.hasRoom('a', 0)).toBe(true);
  });

  it('are all due when the memory is full, so that it gets free', () => {
    const batches = create({ maxWaitingBytes: 20 });
    fill(batches, 'a', [0, 1, 2], 0);
    fill(batches, 'b', [0, 1, 2], 0);
    expect(batches.hasRoom('c', 0)).toBe(false);
    const first = batches.next(0);
    const second = batches.next(0);
    expect([first?.topic, second?.topic]).toEqual(['a', 'b']);
    if (first !== null) batches.finish(first);
    if (second !== null) batches.finish(second);
    expect(batches.waitingBytes()).toBe(0);
    expect(batches.hasRoom('c', 0)).toBe(true);
  });

  it('go out one at a time per partition, so that offsets are committed in order', () => {
    const batches = create();
    fill(batches, 'a', [0, 1], 0);
    const first = batches.next(5000);
    fill(batches, 'a', [2, 3], 5000);
    expect(batches.next(9000)).toBeNull();
    if (first !== null) batches.finish(first);
    expect(batches.next(9000)).toMatchObject({ firstOffset: 2, nextOffset: 4 });
  });

  it('are not wanted any more once their partition was assigned anew', () => {
    const batches = create();
    fill(batches, 'a', [0, 1], 0);
    const sent = batches.next(1000);
    fill(batches, 'a', [2], 1000);
    batches.forget('a', 0);
    expect(sent !== null && batches.isWanted(sent)).toBe(false);
    if (sent !== null) batches.finish(sent);
    expect(batches.isEmpty()).toBe(true);
    expect(batches.isWanted(fill(batches, 'a', [0, 1, 2], 2000))).toBe(true);
  });

  it('lose no row, double none and mix no partitions, whatever comes in which order', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('take' as const),
        place: fc.constantFrom('a', 'b', 'c'),
        rows: fc.integer({ min: 1, max: 15 }),
      }),
      fc.record({ kind: fc.constant('send' as const), drain: fc.boolean() }),
      fc.record({ kind: fc.constant('finish' as const), which: fc.nat() }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
      fc.record({ kind: fc.constant('reassign' as const), place: fc.constantFrom('a', 'b', 'c') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const batches = create({ maxWaitingBytes: 400 });
        const committed = new Map<string, number>();
        const taken = new Map<string, number>();
        const stored: string[] = [];
        const out: { readonly batch: Batch; readonly rows: readonly string[] }[] = [];
        let now = 0;
        const settle = (index: number) => {
          const [sent] = out.splice(index, 1);
          if (sent === undefined) return;
          // Inserted, whether or not it is still wanted: a repetition is folded by the table.
          stored.push(...sent.rows);
          expect(sent.rows.every((row) => row.startsWith(`${sent.batch.topic}/`))).toBe(true);
          if (batches.isWanted(sent.batch)) {
            expect(sent.batch.firstOffset).toBe(committed.get(sent.batch.topic) ?? 0);
            committed.set(sent.batch.topic, sent.batch.nextOffset);
          }
          batches.finish(sent.batch);
        };
        const send = (drain: boolean) => {
          const batch = batches.next(now, drain);
          if (batch !== null) out.push({ batch, rows: rowsOf(batch) });
          return batch !== null;
        };
        for (const one of steps) {
          switch (one.kind) {
            case 'take': {
              if (!batches.hasRoom(one.place, 0)) break;
              const from = taken.get(one.place) ?? 0;
              fill(
                batches,
                one.place,
                Array.from({ length: one.rows }, (_, index) => from + index),
                now,
              );
              taken.set(one.place, from + one.rows);
              break;
            }
            case 'send':
              send(one.drain);
              break;
            case 'finish':
              settle(one.which % Math.max(1, out.length));
              break;
            case 'wait':
              now += one.ms;
              break;
            case 'reassign':
              batches.forget(one.place, 0);
              taken.set(one.place, committed.get(one.place) ?? 0);
              break;
          }
        }
        while (send(true) || out.length > 0) settle(0);
        expect(batches.isEmpty()).toBe(true);
        for (const [place, next] of taken) {
          expect(committed.get(place) ?? 0).toBe(next);
          const offsets = new Set(stored.filter((row) => row.startsWith(`${place}/`)));
          for (let offset = 0; offset < next; offset++) expect(offsets.has(`${place}/${offset}`)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
