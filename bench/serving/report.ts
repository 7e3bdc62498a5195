import { loops, type LoopName } from './loops.js';
import type { RatioResult } from './ratios.js';
import type { Circumstances, Results } from './results.js';
import { sum, type Spread } from './statistics.js';
import type { WholeResult } from './whole.js';

const LOOP_TITLES: Readonly<Record<LoopName, string>> = {
  exactlyOnce: 'flow door and runner, exactly once',
  atLeastOnce: 'journal door and runner, at least once',
  bareExactlyOnce: 'bare kafkajs, exactly once',
  bareAtLeastOnce: 'bare kafkajs, at least once',
};

/** Markdown that reads well on a terminal, too. */
export function tables(results: Results): readonly string[] {
  return [...whole(results), ...latency(results), ...cpu(results), ...ratios(results)];
}

function whole({ whole: measured }: Results): readonly string[] {
  if (measured === undefined) return [];
  const { result, circumstances } = measured;
  const last = result.attempts.at(-1);
  const lag = last === undefined ? [] : Object.entries(last.lags);
  return [
    ...heading('Whole embedded path', circumstances),
    ...table(
      ['', 'min', 'median', 'max', 'floor / aim'],
      [
        ['sustained events/s, content to two verdicts', '', integer(result.sustained), '', '3,000 / 6,000'],
        [`judged events/s in tenths of ${result.seconds} s`, ...three(result.judged, integer), ''],
        ['backlog, events/s until all groups are at the end', ...three(result.drainRate, integer), ''],
        ...lag.map(([group, it]) => [
          `${group} behind, records (${it.slope.toFixed(1)} ± ${it.slopeError.toFixed(1)} a second)`,
          ...three(it, integer),
          it.isFlat ? 'flat' : '**grows**',
        ]),
      ],
    ),
    result.sustained === 0 ? 'No pace was kept: the figures are of the last attempt.' : paceSentence(result),
    '',
    `Lag over time, records of all groups: ${result.lagOverTime.map((it) => integer(it.prediction + it.verdict + it.warehouse)).join(', ')}.`,
    '',
    ...cpuTable(['at that rate'], [result.cpu]),
  ];
}

function paceSentence({ attempts, drainSeconds }: WholeResult): string {
  const failed = attempts.filter(({ isSustained }) => !isSustained).map(({ rate }) => integer(rate));
  const before = failed.length === 0 ? 'The first pace that was tried' : `${failed.join(', ')} events/s were too fast`;
  return `${before}; ${drainSeconds.toFixed(1)} s after the last content nobody was behind.`;
}

function latency({ latency: measured }: Results): readonly string[] {
  if (measured === undefined) return [];
  const { result, circumstances } = measured;
  return [
    ...heading(`Submit to verdict at ${integer(result.rate)} events/s`, circumstances),
    ...table(
      ['milliseconds', `all ${integer(result.verdicts)}`, 'min', 'median', 'max of 5 s', 'aim'],
      [
        ['p50', integer(result.p50), ...three(result.p50Spread, integer), ''],
        ['p90', integer(result.p90), '', '', '', ''],
        ['p99', integer(result.p99), ...three(result.p99Spread, integer), '1,000'],
        ['max', integer(result.max), '', '', '', ''],
      ],
    ),
  ];
}

function cpu({ cpu: measured }: Results): readonly string[] {
  if (measured === undefined) return [];
  const { result, circumstances } = measured;
  return [
    ...heading('CPU by role, each in a process of its own', circumstances),
    ...cpuTable([`at ${integer(result.rate)} events/s`, 'while a backlog drains'], [result.paced, result.backlog]),
  ];
}

function ratios({ ratios: measured }: Results): readonly string[] {
  if (measured === undefined) return [];
  const { result, circumstances } = measured;
  const [first] = result;
  if (first === undefined) return [];
  const of = (title: string, aim: string, format: (value: number) => string, pick: (one: RatioResult) => Spread) => [
    title,
    ...result.map((one) => {
      const { min, median, max } = pick(one);
      return `${format(median)} (${format(min)} to ${format(max)})`;
    }),
    aim,
  ];
  const names = Object.keys(loops) as LoopName[];
  return [
    ...heading('Prediction step by client', circumstances),
    `Median (min to max) of ${first.rounds} rounds; ${integer(first.records)} records a round, chunks of at most ${integer(first.maxChunk)}.`,
    '',
    ...table(
      ['', ...result.map(({ partitions }) => `${partitions} partition${partitions === 1 ? '' : 's'}`), 'aim'],
      [
        ...names.map((name) => of(`${LOOP_TITLES[name]}, records/s`, '', integer, ({ rates }) => rates[name])),
        ...names.map((name) => of(`${LOOP_TITLES[name]}, CPU µs`, '', tenth, ({ cpu: it }) => it[name])),
        of('exactly once / at least once, both with the runner', '0.90', hundredth, (one) => one.toAtLeastOnce),
        of('exactly once / bare kafkajs at least once', '', hundredth, (one) => one.toBareAtLeastOnce),
        of('exactly once / bare kafkajs exactly once', '0.95', hundredth, (one) => one.toBareExactlyOnce),
      ],
    ),
  ];
}

function heading(title: string, { date, machine, model, corpus, quick }: Circumstances): readonly string[] {
  const { cpu: processor, cores, memoryGib, node, loadBefore } = machine;
  const warning = quick ? '**A quick run: it shows that the benchmark works and measures nothing.** ' : '';
  return [
    `### ${title}`,
    '',
    `${warning}${date.slice(0, 10)}, ${processor}, ${cores} cores, ${memoryGib} GiB, Node ${node}, load before ${loadBefore}; ` +
      `model ${model}; texts ${corpus.name}, ${integer(corpus.documents)} of ${corpus.mean} characters ` +
      `(p50 ${corpus.p50}, p90 ${corpus.p90}, p99 ${corpus.p99}).`,
    '',
  ];
}

function cpuTable(columns: readonly string[], cpus: readonly Readonly<Record<string, number>>[]): readonly string[] {
  const names = Object.keys(cpus[0] ?? {});
  const rows = names.map((name) => [name, ...cpus.map((one) => tenth(one[name] ?? 0))]);
  const all = ['all', ...cpus.map((one) => tenth(sum(Object.values(one))))];
  return table(['CPU µs per event', ...columns], [...rows, all]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line), ''];
}

function three({ min, median, max }: Spread, format: (value: number) => string): readonly string[] {
  return [format(min), format(median), format(max)];
}

function integer(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function tenth(value: number): string {
  return value.toFixed(1);
}

function hundredth(value: number): string {
  return value.toFixed(2);
}
