import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArtefactFolder } from '#model';
import { ENCODER_FILES, encoderFilesIn } from './encoder.js';
import { requireFiles } from './encoder-tier.js';
import { defaultModelLimits, guardModel } from './model-guard.js';
import type { ModelLimits } from './model-guard.js';

export interface DryRunLimits {
  readonly timeoutMs: number;
  /** Resident memory of the child, native runtime and model together. */
  readonly memoryMb: number;
  readonly model?: ModelLimits;
  /** Folder of the encoder; a model that needs one is refused when it is not there, or is another one. */
  readonly encoderFolder?: string;
}

export type DryRunResult =
  | { readonly ok: true; readonly modelId: string; readonly elapsedMs: number }
  | {
      readonly ok: false;
      readonly reason: 'REFUSED' | 'TIMEOUT' | 'MEMORY' | 'CRASHED' | 'WRONG_OUTPUT';
      readonly detail: string;
    };

/** How often the child's memory is read. */
const memoryPollMs = 20;

/**
 * Tries a model before a swap (streaming 5): verifies the artefact, guards the file, then loads and runs it in a child
 * process under a time and memory limit, so that a model that hangs, swells or crashes takes nothing else along. Memory
 * is watched where /proc exists; elsewhere only the JavaScript heap is limited.
 */
export async function dryRunModel(folder: string, limits: DryRunLimits): Promise<DryRunResult> {
  let columns: number;
  let modelId: string;
  let buckets: number;
  let encoder: readonly string[] = [];
  try {
    const { document, onnx, encoderTier } = readArtefactFolder(folder);
    ({ columns } = guardModel(onnx, limits.model ?? defaultModelLimits));
    modelId = document.modelId;
    buckets = document.featuriser.buckets;
    if (columns !== document.categories.length) {
      return {
        ok: false,
        reason: 'REFUSED',
        detail: `${columns} columns for ${document.categories.length} categories`,
      };
    }
    if (encoderTier !== null) {
      if (limits.encoderFolder === undefined) throw new Error('it needs an encoder, and ENCODER_DIR names none');
      requireFiles(limits.encoderFolder, encoderFilesIn(limits.encoderFolder), encoderTier.encoder);
      encoder = [join(limits.encoderFolder, ENCODER_FILES.model), String(encoderTier.encoder.maxTokens)];
    }
  } catch (error) {
    return { ok: false, reason: 'REFUSED', detail: error instanceof Error ? error.message : 'unreadable' };
  }
  const startedAt = performance.now();
  const ended = await runChild([join(folder, 'model.onnx'), String(buckets), ...encoder], limits);
  if (ended.killed !== undefined)
    return { ok: false, reason: ended.killed, detail: describeLimit(ended.killed, limits) };
  if (ended.code !== 0) {
    return {
      ok: false,
      reason: 'CRASHED',
      detail: `exit ${String(ended.code ?? ended.signal)}: ${ended.errors.slice(-500)}`,
    };
  }
  const { shape, finite } = JSON.parse(ended.output) as { shape: number[]; finite: boolean };
  if (!finite || shape[0] !== 16 || shape[1] !== columns) {
    return {
      ok: false,
      reason: 'WRONG_OUTPUT',
      detail: `logits of shape [${shape.join(', ')}], finite: ${String(finite)}`,
    };
  }
  return { ok: true, modelId, elapsedMs: performance.now() - startedAt };
}

function describeLimit(killed: 'TIMEOUT' | 'MEMORY', limits: DryRunLimits): string {
  return killed === 'TIMEOUT'
    ? `did not finish within ${limits.timeoutMs} ms`
    : `used more than ${limits.memoryMb} MB of memory`;
}

interface EndedChild {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly killed: 'TIMEOUT' | 'MEMORY' | undefined;
  readonly output: string;
  readonly errors: string;
}

function runChild(parameters: readonly string[], limits: DryRunLimits): Promise<EndedChild> {
  // The child lies beside this file, as .ts from source and as .js when built.
  const script = fileURLToPath(new URL(`./dry-run.main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [`--max-old-space-size=${limits.memoryMb}`, script, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
  });
  let output = '';
  let errors = '';
  let killed: EndedChild['killed'];
  const kill = (reason: 'TIMEOUT' | 'MEMORY'): void => {
    killed ??= reason;
    child.kill('SIGKILL');
  };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part.slice(0, 4096)));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors = (errors + part).slice(-4096)));
  const deadline = setTimeout(() => {
    kill('TIMEOUT');
  }, limits.timeoutMs);
  const poll = setInterval(() => {
    const megabytes = residentMegabytes(child.pid);
    if (megabytes !== undefined && megabytes > limits.memoryMb) kill('MEMORY');
  }, memoryPollMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(deadline);
      clearInterval(poll);
      resolve({ code, signal, killed, output, errors });
    });
  });
}

function residentMegabytes(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // The child has just ended, or this system has no /proc.
    return undefined;
  }
}
