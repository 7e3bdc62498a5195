import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFeaturiser, type FeaturiserSettings } from '#model';
import { embedTexts, encoderFilesIn, type EncoderReading } from '#platform/inference';
import { uniform } from '#policy';
import { quantiseTerms } from '../../libs/model/artefact/linear-model.js';
import type { CollapsibleColumn } from '../../libs/model/encoder/encoder-stack.js';
import { sparseDesign, type SparseRows } from '../../libs/model/training/design-matrix.js';
import { documentFrequency, featureRows } from '../../libs/model/training/feature-rows.js';
import { fitLogistic } from '../../libs/model/training/fit-logistic.js';
import { assignFolds } from '../../libs/model/training/folds.js';
import { buildCorpus } from '../../libs/model/training/starter/corpus.js';
import { inDomainTargets } from '../../libs/model/training/starter/fit-starter.js';
import { logitColumn } from '../../libs/model/training/starter/linear-columns.js';
import { parseInDomain, publicSources, type PublicRow } from '../../libs/model/training/starter/public-sources.js';
import { starterRecipe } from '../../libs/model/training/starter/starter-recipe.js';

const IN_DOMAIN = 'openai_moderation/dev.jsonl';
const SOURCES = publicSources.filter(({ language }) => language === 'en');
/** Rarest first: each fold gets its part of the rare positives. */
/** Of the sources whose texts are as people wrote them; so many of each. */
const HARMLESS = { sources: ['toxic_spans', 'edos', 'davidson'], each: 1000 } as const;
const RARITY = ['V2', 'H2', 'SH', 'HR', 'S3', 'V', 'H', 'S'];

/** The in-domain rows with everything that a stack is fitted from. */
export interface BenchCorpus {
  readonly texts: readonly string[];
  readonly featuriser: FeaturiserSettings;
  readonly rows: SparseRows;
  readonly terms: Uint8Array;
  readonly targets: ReadonlyMap<string, Float64Array>;
  readonly groups: readonly number[];
  /** Heads that were trained on public data only. */
  readonly parents: readonly CollapsibleColumn[];
  readonly embeddings: Float32Array;
  readonly dimensions: number;
  /** Harmless posts of public sources that nothing here was trained on: what most of a stream is. */
  readonly harmless: { readonly texts: readonly string[]; readonly embeddings: Float32Array };
  readonly reading: EncoderReading;
  readonly encoderFiles: { readonly model: string; readonly tokenizer: string };
  foldsOf(seed: number): Uint8Array;
}

export interface CorpusPlaces {
  readonly data: string;
  readonly encoder: string;
  readonly reading: EncoderReading;
  /** Embeddings and public heads take minutes and are kept here; nothing of a text is. */
  readonly cache: string;
  readonly print: (line: string) => void;
}

/** What of the data is missing; empty when the bench can run. */
export function missingData(data: string): readonly string[] {
  return [IN_DOMAIN, ...SOURCES.flatMap(({ files }) => files)].filter((file) => !existsSync(join(data, file)));
}

export async function readBenchCorpus(places: CorpusPlaces): Promise<BenchCorpus> {
  const inDomain = parseInDomain(readFileSync(join(places.data, IN_DOMAIN), 'utf8'));
  const texts = inDomain.map(({ text }) => text);
  const settings = starterRecipe.featuriser;
  const featuriser = createFeaturiser(settings);
  const rows = featureRows(featuriser, texts);
  mkdirSync(places.cache, { recursive: true });
  const { terms, groups, heads, harmless } = readPublicHeads(places, settings);
  const design = sparseDesign(rows, Float64Array.from(terms));
  const parents = heads.map(({ weights, bias }) => {
    const logits = new Float64Array(rows.rows);
    design.multiply(weights, new Uint8Array(rows.rows).fill(1), logits);
    return logitColumn(
      logits.map((logit) => logit + bias),
      weights,
      bias,
    );
  });
  const strata = inDomain.map(({ labels }) => RARITY.find((category) => labels[category] === 1) ?? 'none');
  return {
    texts,
    featuriser: settings,
    rows,
    terms,
    targets: new Map(Object.entries(inDomainTargets(inDomain))),
    groups,
    parents,
    ...(await readEmbeddings(texts, places)),
    reading: places.reading,
    harmless: { texts: harmless, embeddings: (await readEmbeddings(harmless, places)).embeddings },
    foldsOf: (seed) => assignFolds(groups, strata, starterRecipe.folds, seed),
  };
}

async function readEmbeddings(
  texts: readonly string[],
  { encoder: folder, reading, cache, print }: CorpusPlaces,
): Promise<Pick<BenchCorpus, 'embeddings' | 'dimensions' | 'encoderFiles'>> {
  const files = encoderFilesIn(folder);
  const path = join(cache, `embeddings-${hashOf(files, reading, texts)}.f32`);
  if (!existsSync(path)) {
    const began = process.cpuUsage();
    const { embeddings } = await embedTexts({ folder, threads: 1 }, reading, texts);
    const { user, system } = process.cpuUsage(began);
    print(`embedded ${texts.length} texts, ${((user + system) / 1000 / texts.length).toFixed(1)} ms of CPU each`);
    writeFileSync(path, new Uint8Array(embeddings.buffer));
  }
  const embeddings = new Float32Array(Uint8Array.from(readFileSync(path)).buffer);
  return { embeddings, dimensions: embeddings.length / texts.length, encoderFiles: files };
}

interface PublicHeads {
  readonly terms: Uint8Array;
  readonly groups: readonly number[];
  /** Left out of the fit. */
  readonly harmless: readonly string[];
  readonly heads: readonly { readonly weights: Float64Array; readonly bias: number }[];
}

/** One head per category that public data speaks of (model 9.4, step 1), near-copies of in-domain rows left out. */
function readPublicHeads({ data, cache, print }: CorpusPlaces, settings: FeaturiserSettings): PublicHeads {
  const read = (file: string): string => readFileSync(join(data, file), 'utf8');
  const { publicHeads, publicFit } = starterRecipe;
  const inDomain = parseInDomain(read(IN_DOMAIN));
  const sources = SOURCES.map(({ files }) => files.map(read));
  const publicRows = SOURCES.flatMap(({ parse }, at) => parse(sources[at] ?? []));
  const harmless = new Set(HARMLESS.sources.flatMap((source) => drawHarmless(publicRows, source)));
  const path = join(cache, `public-${hashOf(settings, publicHeads, publicFit, inDomain, [...harmless], sources)}.bin`);
  const width = settings.buckets + 1;
  if (!existsSync(path)) {
    print('public heads: fitted once, about a minute');
    const corpus = buildCorpus(
      inDomain,
      publicRows.filter(({ text }) => !harmless.has(text)),
    );
    const features = featureRows(
      createFeaturiser(settings),
      corpus.publicRows.map(({ text }) => text),
    );
    const terms = quantiseTerms(documentFrequency(features), features.rows);
    const design = sparseDesign(features, Float64Array.from(terms));
    const kept = new Float64Array(width * publicHeads.length + settings.buckets + corpus.groups.length);
    for (const [head, category] of publicHeads.entries()) {
      const target = Float64Array.from(corpus.publicRows, ({ labels }) => labels[category] ?? Number.NaN);
      const weights = Float64Array.from(corpus.publicRows, ({ weight }) => weight);
      const fitted = fitLogistic(design, target, publicFit, weights);
      kept.set(fitted.weights, head * width);
      kept[head * width + settings.buckets] = fitted.bias;
    }
    kept.set(terms, width * publicHeads.length);
    kept.set(corpus.groups, width * publicHeads.length + settings.buckets);
    writeFileSync(path, new Uint8Array(kept.buffer));
  }
  const kept = new Float64Array(Uint8Array.from(readFileSync(path)).buffer);
  const end = width * publicHeads.length;
  return {
    terms: Uint8Array.from(kept.subarray(end, end + settings.buckets)),
    groups: [...kept.subarray(end + settings.buckets)],
    harmless: [...harmless],
    heads: publicHeads.map((_, head) => ({
      weights: kept.slice(head * width, head * width + settings.buckets),
      bias: kept[head * width + settings.buckets] ?? 0,
    })),
  };
}

function drawHarmless(rows: readonly PublicRow[], source: string): string[] {
  return rows
    .filter((row) => row.source === source && row.labels['ANY'] === 0 && row.text.trim() !== '')
    .map(({ text }) => ({ text, draw: uniform('harmless', text) }))
    .sort((a, b) => a.draw - b.draw)
    .slice(0, HARMLESS.each)
    .map(({ text }) => text);
}

function hashOf(...values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
}
