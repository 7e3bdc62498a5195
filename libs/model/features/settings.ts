/** The views whose n-grams a model sees; `decoded` adds the n-grams of step 10 (redteam 6.4) to those of `normalised`. */
export type FeatureView = 'raw' | 'normalised' | 'decoded';

/** What decides the features of a text. Part of every model artefact: train and serve must use the same. */
export interface FeaturiserSettings {
  /** Of the definition in README.md; a change of any feature id is a new version. */
  readonly version: 1;
  /** Number of hash buckets, a power of two from 2^8 to 2^22. */
  readonly buckets: number;
  /** Shortest and longest word n-gram: [1, 1] or [1, 2]. */
  readonly wordNgrams: readonly [number, number];
  /** Shortest and longest character n-gram inside a chunk with its borders, in UTF-16 units: 1 to 8. */
  readonly charNgrams: readonly [number, number];
  /** Most features of one text. */
  readonly cap: number;
  readonly views: readonly FeatureView[];
}

/** Model 9.1. */
export const DEFAULT_FEATURISER_SETTINGS: FeaturiserSettings = {
  version: 1,
  buckets: 2 ** 18,
  wordNgrams: [1, 2],
  charNgrams: [3, 5],
  cap: 2048,
  views: ['raw', 'normalised'],
};

export class FeaturiserSettingsError extends Error {
  readonly code = 'FEATURISER_SETTINGS_UNSUPPORTED';

  constructor(
    readonly field: keyof FeaturiserSettings,
    expected: string,
  ) {
    super(
      `featuriser settings: '${field}' must be ${expected}; use the settings of a model made by this release or retrain`,
    );
    this.name = 'FeaturiserSettingsError';
  }
}

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

export function checkFeaturiserSettings(settings: FeaturiserSettings): void {
  const { version, buckets, wordNgrams, charNgrams, cap, views } = settings;
  if ((version as number) !== 1) throw new FeaturiserSettingsError('version', '1');
  if (!isWhole(buckets, 2 ** 8, 2 ** 22) || !Number.isInteger(Math.log2(buckets))) {
    throw new FeaturiserSettingsError('buckets', 'a power of two from 2^8 to 2^22');
  }
  if (wordNgrams[0] !== 1 || !isWhole(wordNgrams[1], 1, 2)) {
    throw new FeaturiserSettingsError('wordNgrams', '[1, 1] or [1, 2]');
  }
  if (!isWhole(charNgrams[0], 1, 8) || !isWhole(charNgrams[1], charNgrams[0], 8)) {
    throw new FeaturiserSettingsError('charNgrams', 'two whole numbers from 1 to 8, the smaller first');
  }
  if (!isWhole(cap, 16, 65_536)) throw new FeaturiserSettingsError('cap', 'a whole number from 16 to 65536');
  const known: readonly string[] = ['raw', 'normalised', 'decoded'];
  if (views.length === 0 || views.some((view, i) => !known.includes(view) || views.indexOf(view) !== i)) {
    throw new FeaturiserSettingsError('views', "one or more of 'raw', 'normalised' and 'decoded', each once");
  }
}
