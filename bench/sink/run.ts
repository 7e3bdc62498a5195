/** Rows per second of the sink against a raw INSERT of the same rows. `node dist/bench/sink/run.js [contents] [repeats]`. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import zlib from 'node:zlib';
import { createClickHouse, migrate, RowBinary, type ClickHouse } from '#platform/clickhouse';
import { startStack } from '#platform/stack';
import type { Broker, JournalReadOptions, Worker } from '#platform/stream';
import { createStaticSerde } from '#platform/testing';
import { createSink, tableOf, tables, type SinkLimits } from '#flow/warehouse';
import { createCases, createLogs, type Log } from './workload.js';

/** Four places in all, so that three inserts can run while the rows of the next ones are encoded. */
const PARTITIONS = 1;
/** Records that one fetch hands over: 1 MiB of some 500 bytes. */
const FETCH = 2000;
const LIMITS: SinkLimits = {
  fullRows: 5_000,
  fullBytes: 16 * 1024 * 1024,
  maxAgeMs: 1000,
  busyRows: 1000,
  busyAgeMs: 4000,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxInserts: 3,
  watermarkMs: 1000,
  drainMs: 60_000,
};

interface Run {
  readonly rowsPerSecond: number;
  /** Microseconds a row, of this process and of the engine. */
  readonly ownCpu: number;
  readonly engineCpu: number;
}

const [contents, repeats] = [Number(process.argv[2] ?? 50_000), Number(process.argv[3] ?? 5)];
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-bench-sink-'));
const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
const clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'bench' });
try {
  await migrate(clickhouse);
  const { logs, rows, gzipBytes } = prepare();
  const encoded = await encodeRaw(logs);
  const [raw, sink]: [Run[], Run[]] = [[], []];
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const rawRun = await measured(rows, () => insertRaw(encoded));
    const sinkRun = await measured(rows, () => insertThroughSink(logs));
    // The first of each warms up.
    if (repeat === 0) continue;
    raw.push(rawRun);
    sink.push(sinkRun);
  }
  print(`${rows} rows of ${contents} contents, batches of ${LIMITS.fullRows}, ${repeats} interleaved repeats`);
  print(line('raw INSERT', raw));
  print(line('sink', sink));
  print(`ratio of the medians: ${(median(sink.map(speed)) / median(raw.map(speed))).toFixed(2)}`);
  await printSizes(gzipBytes);
} finally {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
}

/** Nothing but the records outlives this: collecting garbage among the objects that they were made from would be counted as the sink's. */
function prepare(): { readonly logs: readonly Log[]; readonly rows: number; readonly gzipBytes: number } {
  const cases = createCases(contents, PARTITIONS);
  const logs = createLogs(cases, PARTITIONS, createStaticSerde());
  const json = cases.flatMap(({ verdicts }) => verdicts.map((verdict) => JSON.stringify(verdict)));
  return {
    logs,
    rows: logs.reduce((sum, { length }) => sum + length, 0),
    gzipBytes: zlib.gzipSync(json.join('\n')).length / json.length,
  };
}

interface EncodedBatch {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: Buffer;
  readonly token: string;
}

/** The rows of the sink, encoded beforehand in the same format and batches. */
async function encodeRaw(logs: readonly Log[]): Promise<readonly EncodedBatch[]> {
  const serde = createStaticSerde();
  const batches: EncodedBatch[] = [];
  for (const { topic, partition, length, read } of logs) {
    const table = tableOf(topic);
    for (let from = 0; from < length; from += LIMITS.fullRows) {
      const some = read(from, from + LIMITS.fullRows);
      const decoded = await serde.decode(topic, some);
      const out = new RowBinary();
      some.forEach((record, index) => {
        const event = decoded[index];
        if (event?.ok !== true) throw new Error(`${topic}/${partition}/${record.offset} cannot be decoded`);
        table.write(out, event.value, record);
      });
      const token = `raw-${topic}-${partition}-${from}`;
      batches.push({ table: table.name, columns: table.columnNames, rows: Buffer.from(out.take()), token });
    }
  }
  return batches;
}

async function insertRaw(batches: readonly EncodedBatch[]): Promise<void> {
  const waiting = [...batches];
  const writer = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      await clickhouse.insertRows(batch.table, batch.rows, { columns: batch.columns, token: batch.token });
    }
  };
  await Promise.all(Array.from({ length: LIMITS.maxInserts }, writer));
}

/**
 * The whole sink: decode, judge, encode, insert, commit, watermark; only the fetch from Kafka is not there. It is stopped when everything was
 * handed over: what waits then is inserted at once, and not when it is old enough, which would measure the clock.
 */
async function insertThroughSink(logs: readonly Log[]): Promise<void> {
  let [finish, fail]: [() => void, (error: Error) => void] = [nothing, nothing];
  const handedOver = new Promise<void>((resolve, reject) => {
    [finish, fail] = [resolve, reject];
  });
  const sink = createSink({
    broker: preloaded(logs, finish),
    serde: createStaticSerde(),
    store: clickhouse,
    createBuffer: () => new RowBinary(),
    topics: [...new Set(logs.map(({ topic }) => topic))],
    release: 'bench',
    clock: Date.now,
    backOff: () => Promise.reject(new Error('the benchmark met an error that asks for a retry')),
    limits: LIMITS,
    observer: { onOutcomes: nothing, onInsert: nothing, onRetry: nothing, onProgress: nothing },
    onFatal: fail,
  });
  await sink.start();
  await handedOver;
  await sink.stop();
}

function nothing(): void {
  // Nobody watches.
}

/** A broker that hands over records as fast as they are taken, all partitions side by side. */
function preloaded(logs: readonly Log[], onHandedOver: () => void): Broker {
  const unused = () => {
    throw new Error('the benchmark only reads');
  };
  return {
    flow: { consume: unused, own: unused, publish: unused },
    table: { open: unused, put: unused },
    partitionFor: unused,
    takeOver: unused,
    close: () => Promise.resolve(),
    journal: { append: unused, tail: unused, read: (options) => reader(logs, options, onHandedOver) },
  };
}

function reader(logs: readonly Log[], options: JournalReadOptions, onHandedOver: () => void): Worker {
  let loops: Promise<unknown> = Promise.resolve();
  const handOver = async ({ topic, partition, length, read }: Log) => {
    for (let from = 0; from < length; from += FETCH) {
      await options.process({
        topic,
        partition,
        records: read(from, from + FETCH),
        highWatermark: length,
        heartbeat: () => Promise.resolve(),
        commit: () => Promise.resolve(),
      });
      // A fetch lets the other work of the process go on.
      await setImmediate();
    }
  };
  return {
    start: () => {
      options.onAssigned?.(logs);
      loops = Promise.all(logs.map(handOver)).then(onHandedOver, (error: unknown) => {
        options.onFatal(error instanceof Error ? error : new Error('failed'));
      });
      return Promise.resolve();
    },
    stop: async () => {
      await loops;
    },
    health: () => ({ state: 'running', assigned: [], lastLoopAt: 0, lastCommitAt: 0 }),
  };
}

async function measured(rows: number, insert: () => Promise<void>): Promise<Run> {
  for (const { name } of Object.values(tables)) await clickhouse.command('empty', `TRUNCATE TABLE ${name}`);
  const [own, engine, started] = [process.cpuUsage(), engineCpu(), performance.now()];
  await insert();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(own);
  await requireRows(clickhouse, rows);
  return { rowsPerSecond: rows / seconds, ownCpu: (user + system) / rows, engineCpu: (engineCpu() - engine) / rows };
}

async function requireRows(store: ClickHouse, rows: number): Promise<void> {
  const sql = Object.values(tables).map(({ name }) => `(SELECT count() FROM ${name} FINAL)`);
  const url = `${stack.clickhouseUrl}/?database=${store.database}&query=${encodeURIComponent(`SELECT ${sql.join(' + ')}`)}`;
  const counted = Number(await (await fetch(url)).text());
  if (counted !== rows) throw new Error(`${counted} rows are there, not ${rows}`);
}

/** Microseconds that the engine's process has used; clock ticks are 10 ms. */
function engineCpu(): number {
  const fields = fs
    .readFileSync(`/proc/${stack.pids.clickhouse}/stat`, 'utf8')
    .replace(/\(.*\)/, '()')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

async function printSizes(gzipBytes: number): Promise<void> {
  for (const { name } of Object.values(tables)) await clickhouse.command('merge', `OPTIMIZE TABLE ${name} FINAL`);
  // Small parts do not say the size of a column, only their own.
  const sql = `SELECT table, sum(data_compressed_bytes) / sum(rows) AS each FROM system.parts
    WHERE active AND database = 'bench' GROUP BY table HAVING sum(rows) > 0 ORDER BY table FORMAT JSONEachRow`;
  const answer = await fetch(stack.clickhouseUrl, { method: 'POST', body: sql });
  for (const text of (await answer.text()).split('\n').filter((one) => one !== '')) {
    const { table, each } = JSON.parse(text) as { table: string; each: number };
    print(`${table}: ${each.toFixed(1)} B a row`);
  }
  print(`verdicts as JSON: ${gzipBytes.toFixed(1)} B a row in gzip`);
}

function speed(run: Run): number {
  return run.rowsPerSecond;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function line(what: string, runs: readonly Run[]): string {
  const speeds = runs.map(speed);
  const figures = [Math.min(...speeds), median(speeds), Math.max(...speeds)]
    .map((value) => Math.round(value))
    .join(' / ');
  const own = median(runs.map((run) => run.ownCpu)).toFixed(1);
  const engine = median(runs.map((run) => run.engineCpu)).toFixed(1);
  return `${what}: ${figures} rows/s (min / median / max), CPU a row: ${own} us here, ${engine} us in the engine`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
