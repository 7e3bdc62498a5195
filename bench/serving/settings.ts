import type { ServedModel } from './model.js';
import type { Options } from './options.js';
import type { Texts } from './texts.js';

/** What all parts work with. */
export interface Settings {
  readonly options: Options;
  /** A temporary folder of this run. */
  readonly home: string;
  readonly model: ServedModel;
  readonly texts: Texts;
  readonly print: (line: string) => void;
  /** Aborts with the reason when something that the benchmark needs ended, or a person wants it to stop. */
  readonly signal: AbortSignal;
}
