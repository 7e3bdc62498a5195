import { readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { TrainingCompleted } from '#platform/contracts';

/** What a child of the role is given: one file, named by its only argument. */
export const childJobSchema = z.strictObject({
  /** Folder of the data set: dataset.json and rows.jsonl. */
  dataset: z.string(),
  /** File of the recipe, YAML. */
  recipe: z.string(),
  recipeId: z.string(),
  recipeName: z.string(),
  /** Folder to leave the artefact in. */
  output: z.string(),
  /** Folder of the artefact to start from; null: none. */
  parent: z.string().nullable(),
  /** File to leave the judgement in. */
  judgement: z.string(),
  release: z.string(),
  /** Targets that the thresholds shall meet; null: those of the recipe. */
  policy: z
    .strictObject({
      goals: z.record(
        z.string(),
        z.strictObject({
          blockPrecision: z.number().nullable(),
          reviewRecall: z.number().nullable(),
          provisionalBlock: z.number().nullable(),
          provisionalReview: z.number().nullable(),
        }),
      ),
      uncovered: z.enum(['ALLOW', 'REVIEW']),
    })
    .nullable(),
  /** Functional suites, a file or a folder of them; null: none. */
  suites: z.string().nullable(),
  encoder: z.strictObject({ folder: z.string(), threads: z.number().int().min(1) }),
  /** Milliseconds: when the work was asked for, so that the same request gives the same bytes. */
  at: z.number(),
});

export type ChildJob = z.infer<typeof childJobSchema>;

/** Beside the artefact, in its folder and no part of it. */
export const outcomeFile = 'outcome.json';

/** What a trainer has to say that the artefact does not hold. */
export interface ChildOutcome {
  readonly unmet: TrainingCompleted['unmetTargets'];
}

const STDOUT = 1;

function say(value: object): void {
  // Not buffered: a child whose role was killed ends at its next word, and does not work on for nobody.
  writeSync(STDOUT, `${JSON.stringify(value)}\n`);
}

/** Runs the work of a child and tells the role how far it is, and, in words for people, what is wrong. */
export async function runChildJob(
  work: (job: ChildJob, progress: (step: string, done: number, total: number) => void) => Promise<void>,
  problemOf: (error: unknown) => { readonly code: string; readonly message: string } | null,
): Promise<void> {
  const job = childJobSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
  let lastAt = 0;
  let lastStep = '';
  try {
    await work(job, (step, done, total) => {
      const now = performance.now();
      if (step === lastStep && now - lastAt < 200) return;
      lastStep = step;
      lastAt = now;
      say({ step, done, total });
    });
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    say({ problem });
    process.exitCode = 1;
  }
}
