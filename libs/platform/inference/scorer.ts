import { InferenceSession, Tensor } from 'onnxruntime-node';
import { defaultModelLimits, guardModel } from './model-guard.js';
import type { ModelLimits } from './model-guard.js';

/** Texts as features: row r owns `lengths[r]` entries of `ids` and `weights`, rows one after the other. */
export interface FeatureBatch {
  readonly ids: Int32Array;
  readonly weights: Float32Array;
  readonly lengths: Int32Array;
}

export interface Scorer {
  readonly columns: number;
  /** Logits, row-major rows x columns, in the order of the batch. Safe to call concurrently. */
  score(batch: FeatureBatch): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What is known of a graph beside its contract. */
interface GraphNature {
  /**
   * Its sums do not depend on a row's neighbours and padding, as those of our own tables. A graph of a trainer outside promises nothing:
   * each of its rows runs alone, so that a replay in other batches gives the same bits.
   */
  readonly isExact: boolean;
}

/** Rows of one native run: single rows cost twice as much each, above 256 nothing is gained (stack notes, 7). */
const mostRowsPerRun = 128;
/** Cells of one native run after padding; bounds the gathered rows to 4 bytes x columns x this. */
const mostCellsPerRun = 64 * 1024;

/**
 * Loads a model behind the guard. One native thread per run: roles scale by partitions, and a pool per session would
 * fight with them for cores. Throws `ModelRefusedError`.
 */
export async function loadModel(
  bytes: Uint8Array,
  limits: ModelLimits = defaultModelLimits,
  { isExact }: GraphNature = { isExact: true },
): Promise<Scorer> {
  const { columns } = guardModel(bytes, limits);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  return {
    columns,
    async score(batch) {
      const result = new Float32Array(batch.lengths.length * columns);
      // Buffers belong to this call: shared by concurrent runs they gave wrong scores with exact counts.
      const buffers = createBuffers();
      const starts = rowStarts(batch.lengths);
      for (const run of planRuns(batch.lengths, isExact ? mostRowsPerRun : 1)) {
        fillRun(batch, starts, run, buffers);
        copyRows(await runSession(session, run, buffers, columns), run, columns, result);
      }
      return result;
    },
    async close() {
      await session.release();
    },
  };
}

interface Run {
  readonly rows: Int32Array;
  readonly width: number;
}

/** Rows sorted by length and cut into runs, so that little is padded. */
function planRuns(lengths: Int32Array, mostRows: number): Run[] {
  const order = Int32Array.from(lengths, (_, row) => row);
  order.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const runs: Run[] = [];
  let start = 0;
  while (start < order.length) {
    let end = start;
    let width = 1;
    while (end < order.length && end - start < mostRows) {
      const wider = Math.max(1, lengths[order[end] ?? 0] ?? 0);
      if (end > start && wider * (end - start + 1) > mostCellsPerRun) break;
      width = wider;
      end += 1;
    }
    runs.push({ rows: order.subarray(start, end), width });
    start = end;
  }
  return runs;
}

interface RunBuffers {
  /** The ids' low and high words: writing 32-bit halves costs no BigInt. */
  words: Int32Array;
  ids: BigInt64Array;
  weights: Float32Array;
}

function createBuffers(): RunBuffers {
  return { words: new Int32Array(0), ids: new BigInt64Array(0), weights: new Float32Array(0) };
}

function rowStarts(lengths: Int32Array): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (let r = 0; r < lengths.length; r += 1) starts[r + 1] = (starts[r] ?? 0) + (lengths[r] ?? 0);
  return starts;
}

/** Writes the run's rows, padded with weight 0 to its width. */
function fillRun(batch: FeatureBatch, starts: Int32Array, { rows, width }: Run, buffers: RunBuffers): void {
  const cells = rows.length * width;
  if (buffers.weights.length < cells) {
    const memory = new ArrayBuffer(8 * cells);
    buffers.words = new Int32Array(memory);
    buffers.ids = new BigInt64Array(memory);
    buffers.weights = new Float32Array(cells);
  }
  const { words, weights } = buffers;
  words.fill(0, 0, 2 * cells);
  weights.fill(0, 0, cells);
  for (let r = 0; r < rows.length; r += 1) {
    const row = rows[r] ?? 0;
    const end = starts[row + 1] ?? 0;
    let cell = r * width;
    for (let k = starts[row] ?? 0; k < end; k += 1) {
      words[2 * cell] = batch.ids[k] ?? 0;
      weights[cell] = batch.weights[k] ?? 0;
      cell += 1;
    }
  }
}

async function runSession(
  session: InferenceSession,
  { rows, width }: Run,
  buffers: RunBuffers,
  columns: number,
): Promise<Float32Array> {
  const cells = rows.length * width;
  const shape = [rows.length, width];
  const outputs = await session.run(
    {
      ids: new Tensor('int64', buffers.ids.subarray(0, cells), shape),
      weights: new Tensor('float32', buffers.weights.subarray(0, cells), shape),
    },
    ['logits'],
  );
  const logits = outputs['logits'];
  if (logits?.type !== 'float32' || logits.dims[0] !== rows.length || logits.dims[1] !== columns) {
    throw new Error('model.onnx: output "logits" has another shape than it declares');
  }
  return logits.data as Float32Array;
}

function copyRows(logits: Float32Array, { rows }: Run, columns: number, result: Float32Array): void {
  for (let r = 0; r < rows.length; r += 1) {
    const to = (rows[r] ?? 0) * columns;
    for (let c = 0; c < columns; c += 1) result[to + c] = logits[r * columns + c] ?? Number.NaN;
  }
}
