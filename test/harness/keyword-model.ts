import { createFeaturiser, DEFAULT_FEATURISER_SETTINGS, writeArtefact, writeArtefactFolder } from '#model';

const BUCKETS = 2 ** 16;
const CATEGORIES = ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'];
const LARGEST = 127;

/**
 * Writes the artefact of a model that raises the category of a phrase where the phrase stands, and returns its id. The phrase alone
 * has a logit of about +4, among three times as many other words about 0, and a text without it -4.
 */
export function writeKeywordModel(folder: string, words: Readonly<Record<string, string>>): string {
  const settings = { ...DEFAULT_FEATURISER_SETTINGS, buckets: BUCKETS };
  const featuriser = createFeaturiser(settings);
  const table = new Int8Array(BUCKETS * CATEGORIES.length);
  for (const [word, category] of Object.entries(words)) {
    for (const id of featuriser.features(word).ids)
      table[id * CATEGORIES.length + CATEGORIES.indexOf(category)] = LARGEST;
  }
  const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
  const { files, modelId } = writeArtefact(
    {
      buckets: BUCKETS,
      categories: CATEGORIES,
      terms: new Uint8Array(BUCKETS).fill(1),
      table,
      scales: new Float32Array(CATEGORIES.length).fill(0.008),
      biases: new Float32Array(CATEGORIES.length).fill(-4),
    },
    {
      name: 'keywords',
      release: 'test',
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
