import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitInThreads, parseModelRecipe, trainDataset, type DatasetRow } from '#model';
import { fallingOrder, rankingQuality } from '../../libs/model/evaluation/ranking.js';

interface PeerAnswer {
  readonly version: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly heads: Readonly<Record<string, PeerHead>>;
}

interface PeerHead {
  readonly logits: readonly number[];
  readonly iterations: number;
  readonly objective: number;
  /** Of our head before it becomes int8, computed in the same way. */
  readonly ownLogits: readonly number[];
  readonly ownObjective: number;
}

export interface PeerRow {
  readonly category: string;
  readonly positives: number;
  /** Average precision of what the trainer found, in 64 bits. */
  readonly own: number;
  /** And as it is served, in int8. */
  readonly served: number;
  readonly peer: number;
  readonly ownIterations: string;
  readonly peerIterations: string;
  /** Sum of log losses and penalty that both minimise. */
  readonly ownObjective: number;
  readonly peerObjective: number;
}

export interface PeerResult {
  readonly train: number;
  readonly test: number;
  readonly features: number;
  readonly ownSeconds: number;
  readonly ownMegabytes: number;
  readonly peer: Pick<PeerAnswer, 'version' | 'seconds' | 'megabytes'>;
  readonly rows: readonly PeerRow[];
}

/** Of scikit-learn's fits; its own default is 1e-4. */
const peerTolerance = 1e-6;

const categories = ['H', 'HR', 'V', 'H2'];
const recipe = parseModelRecipe(
  '{name: peer, strength: {grid: [4]}, categories: {any: labelled}, outOfFold: {folds: 0}, bootstrapDraws: 1}',
  'peer',
);

/** Ours and scikit-learn on the same features, rows, weights and penalty; scored on rows that neither has seen. */
export function runPeer(given: readonly DatasetRow[], python: string, threads: number): PeerResult {
  const rows = given.map((row, i): DatasetRow => ({ ...row, split: i % 10 === 9 ? 'test' : 'train', group: row.key }));
  const began = performance.now();
  const { fitted, heldOut } = trainDataset({
    rows,
    categories,
    recipe,
    datasetId: 'ds-bench',
    release: 'bench',
    ...(threads > 0 && { fitCategories: fitInThreads(threads) }),
  });
  const ownSeconds = (performance.now() - began) / 1000;
  const ownMegabytes = process.resourceUsage().maxRSS / 1024;
  const { set, features, terms, labels } = fitted;
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-training-'));
  try {
    const put = (name: string, values: NodeJS.ArrayBufferView): void => {
      writeFileSync(join(folder, name), values);
    };
    put('starts.i32', features.starts);
    put('ids.i32', features.ids);
    put('terms.u8', terms);
    put('train.i32', set.train);
    put('test.i32', set.test);
    for (const { category, targets, weights } of labels) {
      put(`${category}.targets.f64`, targets);
      put(`${category}.weights.f64`, weights);
    }
    for (const { category, ngrams, bias } of fitted.heads) {
      const point = new Float64Array(ngrams.length + 1);
      point.set(ngrams);
      point[ngrams.length] = bias;
      put(`${category}.point.f64`, point);
    }
    const job = {
      categories: fitted.heads.map(({ category }) => category),
      columns: features.columns,
      c: 4,
      tolerance: peerTolerance,
    };
    writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
    execFileSync(python, [join(import.meta.dirname, '../../../bench/training/peer.py'), folder], { stdio: 'inherit' });
    const answer = JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8')) as PeerAnswer;
    const compared = fitted.heads.map((head): PeerRow => {
      const own = heldOut.find(({ category }) => category === head.category);
      const peer = answer.heads[head.category];
      const known = [...set.test.keys()].filter((t) => !Number.isNaN(own?.targets[set.test[t] ?? 0] ?? Number.NaN));
      const truths = Uint8Array.from(known, (t) => own?.targets[set.test[t] ?? 0] ?? 0);
      const precisionOf = (scoreOf: (t: number) => number): number => {
        const judged = { scores: Float64Array.from(known, scoreOf), labels: truths };
        return rankingQuality(judged, fallingOrder(judged.scores)).averagePrecision;
      };
      return {
        category: head.category,
        positives: truths.reduce((sum, label) => sum + label, 0),
        own: precisionOf((t) => peer?.ownLogits[t] ?? 0),
        served: precisionOf((t) => own?.logits[set.test[t] ?? 0] ?? 0),
        peer: precisionOf((t) => peer?.logits[t] ?? 0),
        ownIterations: `${head.iterations}${head.converged ? '' : ' (not converged)'}`,
        peerIterations: String(peer?.iterations ?? 0),
        ownObjective: peer?.ownObjective ?? Number.NaN,
        peerObjective: peer?.objective ?? Number.NaN,
      };
    });
    return {
      train: set.train.length,
      test: set.test.length,
      features: features.ids.length,
      ownSeconds,
      ownMegabytes,
      peer: answer,
      rows: compared,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
