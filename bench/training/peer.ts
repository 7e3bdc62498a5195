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
  readonly heads: Readonly<Record<string, { readonly logits: readonly number[]; readonly iterations: number }>>;
}

export interface PeerRow {
  readonly category: string;
  readonly positives: number;
  readonly own: number;
  readonly peer: number;
  readonly ownIterations: string;
  readonly peerIterations: string;
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
    const job = { categories: labels.map(({ category }) => category), columns: features.columns, c: 4 };
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
        own: precisionOf((t) => own?.logits[set.test[t] ?? 0] ?? 0),
        peer: precisionOf((t) => peer?.logits[t] ?? 0),
        ownIterations: `${head.iterations}${head.converged ? '' : ' (not converged)'}`,
        peerIterations: String(peer?.iterations ?? 0),
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
