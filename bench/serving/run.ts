import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measureCpu } from './cpu.js';
import { startInstallation, type Installation } from './installation.js';
import { measureLatency } from './latency.js';
import { serveModel } from './model.js';
import { parseOptions, usage, type Options } from './options.js';
import { describeMachine } from './processes.js';
import { measureRatios } from './ratios.js';
import { tables } from './report.js';
import { readResults, writeResults, type Circumstances, type Results } from './results.js';
import type { Settings } from './settings.js';
import { describeTexts, readTexts } from './texts.js';
import { measureWhole } from './whole.js';

/** Half of the floor, when nothing was measured yet. */
const FALLBACK_RATE = 1_500;

async function measure(options: Options, stop: AbortController): Promise<void> {
  // Where the tables go to standard output as JSON, the progress must not.
  const print = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-bench-serving-'));
  try {
    const model = serveModel(home);
    const texts = readTexts(options);
    const settings: Settings = { options, home, model, texts, print, signal: stop.signal };
    const circumstances: Circumstances = {
      date: new Date().toISOString(),
      machine: describeMachine(),
      model: model.name,
      corpus: describeTexts(texts),
      quick: options.quick,
    };
    print(`model ${model.name}; texts ${texts.name}; load ${circumstances.machine.loadBefore}`);
    const results = await measureParts(settings, circumstances, stop);
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    else process.stdout.write(`\n${tables(results).join('\n')}\n`);
    if (options.write) for (const file of await writeResults(results)) print(`written: ${file}`);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function measureParts(settings: Settings, circumstances: Circumstances, stop: AbortController): Promise<Results> {
  const { options } = settings;
  const asks = (part: Options['parts'][number]) => options.parts.includes(part);
  const measured = <T>(result: T) => ({ circumstances, result });
  let results: Results = {};
  if (asks('whole') || asks('latency')) {
    await withInstallation(settings, 'together', stop, async (installation) => {
      if (asks('whole')) results = { ...results, whole: measured(await measureWhole(installation, settings)) };
      if (!asks('latency')) return;
      results = {
        ...results,
        latency: measured(await measureLatency(installation, settings, halfRate(options, results))),
      };
    });
  }
  if (asks('cpu')) {
    await withInstallation(settings, 'apart', stop, async (installation) => {
      results = { ...results, cpu: measured(await measureCpu(installation, settings, halfRate(options, results))) };
    });
  }
  if (asks('ratios')) results = { ...results, ratios: measured(await measureRatios(settings)) };
  return results;
}

/** Half of what this run sustained, or an earlier one that was kept. */
function halfRate(options: Options, results: Results): number {
  const sustained = results.whole?.result.sustained ?? readResults().whole?.result.sustained ?? 0;
  return options.rate ?? (sustained > 0 ? Math.round(sustained / 2) : FALLBACK_RATE);
}

async function withInstallation(
  settings: Settings,
  layout: 'together' | 'apart',
  stop: AbortController,
  work: (installation: Installation) => Promise<void>,
): Promise<void> {
  const onFailure = (error: Error) => {
    stop.abort(error);
  };
  const installation = await startInstallation({ settings, layout, onFailure });
  try {
    await work(installation);
  } catch (error) {
    // What ended under the work says more than what the work met.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    await installation.close();
  }
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`));
  });
}
try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else await measure(options, stop);
  // Native threads of the model runtime must not keep the process alive.
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exit(error instanceof TypeError ? 2 : 1);
}
