/** Told how far it is; what it throws ends the training. */
export type TrainingProgress = (step: string, done: number, total: number) => void;
