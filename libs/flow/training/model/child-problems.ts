import { ArtefactError, DatasetFolderError } from '#model';
import type { ChildProblem } from './run-child.js';

/** Errors whose words are for people; null for one that is not expected. */
export function problemOfTraining(error: unknown): ChildProblem | null {
  if (error instanceof DatasetFolderError) return { code: 'dataset_changed', message: error.message };
  if (error instanceof ArtefactError) return { code: 'artefact_refused', message: error.message };
  return null;
}
