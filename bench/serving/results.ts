import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import type { CpuResult } from './cpu.js';
import type { LatencyResult } from './latency.js';
import type { Machine } from './processes.js';
import type { RatioResult } from './ratios.js';
import { tables } from './report.js';
import type { describeTexts } from './texts.js';
import type { WholeResult } from './whole.js';

/** Where, when and with what a part was measured: parts may come from different runs. */
export interface Circumstances {
  /** ISO date. */
  readonly date: string;
  readonly machine: Machine;
  readonly model: string;
  readonly corpus: ReturnType<typeof describeTexts>;
  /** A quick run shows that the benchmark works; its numbers mean nothing. */
  readonly quick: boolean;
}

interface Measured<T> {
  readonly circumstances: Circumstances;
  readonly result: T;
}

export interface Results {
  readonly whole?: Measured<WholeResult>;
  readonly latency?: Measured<LatencyResult>;
  readonly cpu?: Measured<CpuResult>;
  readonly ratios?: Measured<readonly RatioResult[]>;
}

const RESULTS = path.join(projectRoot, 'bench/serving/results.json');
const README = path.join(projectRoot, 'bench/README.md');
const BEGIN = '<!-- serving: begin -->';
const END = '<!-- serving: end -->';

/** What an earlier run kept. */
export function readResults(): Results {
  return fs.existsSync(RESULTS) ? (JSON.parse(fs.readFileSync(RESULTS, 'utf8')) as Results) : {};
}

/** Keeps what was measured beside what earlier runs measured, and puts the tables into the README of the benchmarks. */
export async function writeResults(results: Results): Promise<readonly string[]> {
  const all = { ...readResults(), ...results };
  const readme = fs.readFileSync(README, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`${README}: the lines '${BEGIN}' and '${END}' mark the place of the tables`);
  const filled = `${readme.slice(0, begin + BEGIN.length)}\n\n${tables(all).join('\n')}\n\n${readme.slice(end)}`;
  await writeFormatted(RESULTS, JSON.stringify(all));
  await writeFormatted(README, filled);
  return [RESULTS, README];
}

async function writeFormatted(file: string, text: string): Promise<void> {
  const prettier = await import('prettier');
  const settings = await prettier.resolveConfig(file);
  fs.writeFileSync(file, await prettier.format(text, { ...settings, filepath: file }));
}
