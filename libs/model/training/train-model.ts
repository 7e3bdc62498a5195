import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { readArtefactFolder, writeArtefactFolder } from '../artefact/artefact-folder.js';
import { digestRows } from '../dataset/canonical-row.js';
import { readDatasetFolder } from '../dataset/dataset-folder.js';
import type { DatasetRow } from '../dataset/dataset-row.js';
import type { FitCategories } from './fit-dataset.js';
import { labelledRows } from './labelled-rows.js';
import { defaultModelRecipe } from './model-recipe.js';
import type { ModelRecipe } from './model-recipe.js';
import { readLabelled } from './read-labelled.js';
import { trainDataset } from './train-dataset.js';
import type { TrainedDataset } from './train-dataset.js';
import type { TrainingProgress } from './training-progress.js';

export interface TrainModelOptions {
  /** Labelled file, `.jsonl` or `.csv`, or the folder of an exported data set. */
  readonly data: string;
  /** From names in a file to categories; native codes need none. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Folder of the artefact; it is created. */
  readonly out: string;
  /** Default: that of a new data set, `ngrams`. */
  readonly recipe?: ModelRecipe;
  /** Folder of the model to start from. */
  readonly parent?: string;
  readonly release: string;
  /** Threads change the time and nothing else. */
  readonly fitCategories?: FitCategories;
  readonly onProgress?: TrainingProgress;
}

interface TrainingData {
  readonly datasetId: string;
  readonly rows: readonly DatasetRow[];
  readonly categories: readonly string[];
}

/**
 * Trains from a file or folder and writes the artefact folder. Throws `LabelledFileError`, `DatasetFolderError`, `ArtefactError` or
 * `TrainingError`, each naming what to correct.
 */
export function trainModel(options: TrainModelOptions): TrainedDataset {
  const { data, out, recipe = defaultModelRecipe('ngrams'), parent, release, fitCategories, onProgress } = options;
  const { datasetId, rows, categories } = statSync(data).isDirectory() ? exported(data) : labelled(options);
  const trained = trainDataset({
    rows,
    categories,
    recipe,
    parent: parent === undefined ? null : readArtefactFolder(parent),
    datasetId,
    release,
    ...(fitCategories && { fitCategories }),
    ...(onProgress && { onProgress }),
  });
  writeArtefactFolder(out, trained.files);
  return trained;
}

function exported(folder: string): TrainingData {
  const { manifest, rows } = readDatasetFolder(folder);
  return { datasetId: manifest.datasetId, rows, categories: Object.keys(manifest.categories) };
}

function labelled({ data, mapping }: TrainModelOptions): TrainingData {
  const texts = readLabelled(data, mapping === undefined ? {} : { mapping });
  const rows = labelledRows(texts, basename(data).replace(/[^A-Za-z0-9._-]/g, '-'));
  const present = new Set(rows.flatMap(({ labels }) => Object.keys(labels)));
  return {
    datasetId: `ds-${createHash('sha256').update(digestRows(rows)).digest('hex').slice(0, 16)}`,
    rows,
    categories: [...present],
  };
}
