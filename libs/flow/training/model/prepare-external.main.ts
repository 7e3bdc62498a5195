// A process of its own: adds the features of every row to an exported data set, so that a trainer in another language needs no featuriser.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createFeaturiser, DEFAULT_FEATURISER_SETTINGS, readDatasetFolder } from '#model';
import { runChildJob } from './child-job.js';
import { problemOfTraining } from './child-problems.js';

const REPORT_EVERY = 1000;

await runChildJob((job, progress) => {
  const { rows } = readDatasetFolder(job.dataset);
  const folder = path.join(job.dataset, 'features');
  mkdirSync(folder, { recursive: true });
  const featuriser = createFeaturiser(DEFAULT_FEATURISER_SETTINGS);
  const starts = new BigInt64Array(rows.length + 1);
  const file = openSync(path.join(folder, 'ids.i32'), 'w');
  let used = 0;
  try {
    for (const [index, { text }] of rows.entries()) {
      // An erased text has no features.
      const { ids, count } = text === '' ? { ids: new Int32Array(0), count: 0 } : featuriser.features(text);
      const sorted = Int32Array.from(ids.subarray(0, count)).sort();
      writeSync(file, new Uint8Array(sorted.buffer));
      used += count;
      starts[index + 1] = BigInt(used);
      if (index % REPORT_EVERY === 0) progress('features', index, rows.length);
    }
  } finally {
    closeSync(file);
  }
  writeFileSync(path.join(folder, 'starts.i64'), new Uint8Array(starts.buffer));
  writeFileSync(
    path.join(folder, 'features.json'),
    `${JSON.stringify({ format: 1, rows: rows.length, features: used, featuriser: DEFAULT_FEATURISER_SETTINGS }, null, 1)}\n`,
  );
  return Promise.resolve();
}, problemOfTraining);
