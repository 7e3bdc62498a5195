import fs from 'node:fs';
import path from 'node:path';
import { DEFAULT_FEATURISER_SETTINGS, readArtefactFolder, writeArtefact, writeArtefactFolder } from '#model';
import { projectRoot } from '#platform/config';

export interface ServedModel {
  /** `MODELS_DIR` of the roles. */
  readonly modelsDir: string;
  readonly folder: string;
  /** For the results. */
  readonly name: string;
}

const CATEGORIES = ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'];

/** The starter model; where it is not there, a made-up one of the same size below `home`, and its name says so. */
export function serveModel(home: string): ServedModel {
  const modelsDir = path.join(projectRoot, 'models');
  const starter = path.join(modelsDir, 'starter');
  if (fs.existsSync(path.join(starter, 'model.json'))) {
    const { document } = readArtefactFolder(starter);
    return { modelsDir, folder: starter, name: `${document.name} ${document.modelId}` };
  }
  const made = path.join(home, 'models');
  const folder = path.join(made, 'starter');
  fs.mkdirSync(made, { recursive: true });
  return { modelsDir: made, folder, name: `made up, not the starter model: ${writeMadeUpModel(folder)}` };
}

function writeMadeUpModel(folder: string): string {
  const settings = DEFAULT_FEATURISER_SETTINGS;
  const { buckets } = settings;
  const columns = CATEGORIES.length;
  const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
  const { files, modelId } = writeArtefact(
    {
      buckets,
      categories: CATEGORIES,
      terms: Uint8Array.from({ length: buckets }, (_, at) => 1 + ((at * 7919) % 60)),
      table: Int8Array.from({ length: buckets * columns }, (_, at) => ((at * 31) % 255) - 127),
      scales: new Float32Array(columns).fill(0.0005),
      biases: new Float32Array(columns).fill(-4),
    },
    {
      name: 'bench',
      release: 'bench',
      featuriser: settings,
      datasetId: 'ds-none',
      recipeId: 'r-none',
      recipe: {},
      metrics: {},
      calibrators: Object.fromEntries(CATEGORIES.map((category) => [category, identity])),
      thresholds: { provisional: {}, solved: {} },
    },
    () => new Map(),
  );
  writeArtefactFolder(folder, files);
  return modelId;
}
