import { writeArtefactFolder } from '../artefact/artefact-folder.js';
import { defaultTrainingRecipe, fitModel } from './fit-model.js';
import type { TrainedModel, TrainingProgress, TrainingRecipe } from './fit-model.js';
import { readLabelled } from './read-labelled.js';

export interface TrainModelOptions {
  /** Labelled file, `.jsonl` or `.csv`. */
  readonly data: string;
  /** From names in the file to categories; native codes need none. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Folder of the artefact; it is created. */
  readonly out: string;
  readonly recipe?: Partial<TrainingRecipe>;
  readonly release: string;
  readonly onProgress?: TrainingProgress;
}

/** Trains from a labelled file and writes the artefact folder. Throws `LabelledFileError`, naming file, line and field. */
export function trainModel(options: TrainModelOptions): TrainedModel {
  const texts = readLabelled(options.data, options.mapping === undefined ? {} : { mapping: options.mapping });
  const recipe = { ...defaultTrainingRecipe, ...options.recipe };
  const trained = fitModel(texts, recipe, options.release, options.onProgress);
  writeArtefactFolder(options.out, trained.files);
  return trained;
}
