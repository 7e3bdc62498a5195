import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import {
  createFeatureBuffer,
  createFeaturiser,
  createLinearScorer,
  DEFAULT_FEATURISER_SETTINGS,
  normalise,
} from '#model';
import { type Corpus, readCorpora } from './corpus.js';

/** As many outputs as the starter model: eight categories and "any". */
const OUTPUTS = 9;
/** Texts a slice; the fastest run of each slice over all repeats estimates an undisturbed machine. */
const SLICE = 256;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    samples: { type: 'string', default: 'samples' },
    repeats: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});

const settings = DEFAULT_FEATURISER_SETTINGS;
const featuriser = createFeaturiser(settings);
const buffer = createFeatureBuffer(settings);
const logits = new Float32Array(OUTPUTS);

/** Any numbers will do: the cost of a product does not depend on them. */
const score = createLinearScorer({
  buckets: settings.buckets,
  categories: Array.from({ length: OUTPUTS }, (_, c) => `category-${c}`),
  terms: Uint8Array.from({ length: settings.buckets }, (_, i) => 1 + ((i * 7919) % 15)),
  table: Int8Array.from({ length: settings.buckets * OUTPUTS }, (_, i) => ((i * 31) % 255) - 127),
  scales: new Float32Array(OUTPUTS).fill(0.01),
  biases: new Float32Array(OUTPUTS).fill(-3),
});

interface Stage {
  readonly name: string;
  /** Returns a number that depends on the work, so that none of it can be left out. */
  readonly run: (text: string) => number;
}

const stages: readonly Stage[] = [
  { name: 'normalise + featurise', run: (text) => featuriser.write(text, buffer) },
  {
    name: 'normalise + featurise + weigh + score',
    run: (text) => {
      const count = featuriser.write(text, buffer);
      score(buffer.ids, count, logits);
      return logits[0] ?? 0;
    },
  },
];

interface Rate {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

interface Result {
  readonly corpus: string;
  readonly stage: string;
  readonly charactersPerSecond: Rate;
  readonly charactersPerCpuSecond: Rate;
  readonly documentsPerSecond: Rate;
  /** From the fastest run of each slice: what the machine would do undisturbed. */
  readonly undisturbedCharactersPerSecond: number;
}

function spread(values: readonly number[]): Rate {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0] ?? 0, median: sorted[sorted.length >> 1] ?? 0, max: sorted[sorted.length - 1] ?? 0 };
}

let sink = 0;

function measure(corpora: readonly Corpus[], repeats: number): Result[] {
  const pairs = corpora.flatMap((corpus) => stages.map((stage) => ({ corpus, stage })));
  const taken = pairs.map(() => ({ wall: [] as number[], cpu: [] as number[], slices: [] as number[] }));
  // The first round warms up and is not counted; rounds interleave, so that a slow minute touches all alike.
  for (let round = 0; round <= repeats; round++) {
    pairs.forEach(({ corpus, stage }, at) => {
      const { texts } = corpus;
      const record = taken[at];
      const cpuBefore = process.cpuUsage();
      const started = performance.now();
      let sliceStarted = started;
      for (let i = 0; i < texts.length; i++) {
        sink += stage.run(texts[i] ?? '');
        if ((i + 1) % SLICE !== 0 && i + 1 < texts.length) continue;
        const now = performance.now();
        const slice = Math.floor(i / SLICE);
        if (round > 0 && record) record.slices[slice] = Math.min(record.slices[slice] ?? Infinity, now - sliceStarted);
        sliceStarted = performance.now();
      }
      const { user, system } = process.cpuUsage(cpuBefore);
      if (round === 0 || record === undefined) return;
      record.wall.push(performance.now() - started);
      record.cpu.push((user + system) / 1000);
    });
  }
  return pairs.map(({ corpus, stage }, at) => {
    const characters = corpus.texts.reduce((sum, text) => sum + text.length, 0);
    const { wall, cpu, slices } = taken[at] ?? { wall: [], cpu: [], slices: [] };
    return {
      corpus: corpus.name,
      stage: stage.name,
      charactersPerSecond: spread(wall.map((ms) => (1000 * characters) / ms)),
      charactersPerCpuSecond: spread(cpu.map((ms) => (1000 * characters) / ms)),
      documentsPerSecond: spread(wall.map((ms) => (1000 * corpus.texts.length) / ms)),
      undisturbedCharactersPerSecond: (1000 * characters) / slices.reduce((sum, ms) => sum + ms, 0),
    };
  });
}

function describeCorpus({ name, texts }: Corpus): Record<string, string | number> {
  const lengths = texts.map((text) => text.length).sort((a, b) => a - b);
  const at = (share: number): number => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))] ?? 0;
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  let features = 0;
  let sameViews = 0;
  for (const text of texts) {
    features += featuriser.write(text, buffer);
    if (normalise(text).text === text.toLowerCase()) sameViews++;
  }
  return {
    corpus: name,
    documents: texts.length,
    characters,
    mean: Math.round(characters / texts.length),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    featuresPerDocument: Math.round(features / texts.length),
    shareOfEqualViews: Math.round((100 * sameViews) / texts.length) / 100,
  };
}

const parts = readCorpora(values.data, values.samples);
const corpora: Corpus[] =
  parts.length > 1 ? [...parts, { name: 'all', texts: parts.flatMap(({ texts }) => texts) }] : parts;
const described = corpora.map(describeCorpus);
const results = measure(corpora, Number(values.repeats));
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };

if (values.json) {
  process.stdout.write(
    `${JSON.stringify({ machine, settings, outputs: OUTPUTS, corpora: described, results }, null, 2)}\n`,
  );
} else {
  const million = (value: number): string => (value / 1e6).toFixed(2);
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; one core is used`,
    ...described.map((corpus) =>
      Object.entries(corpus)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    ),
    '',
    'million characters a second: min / median / max (by CPU time; undisturbed); thousand documents a second',
    ...results.map(
      ({
        corpus,
        stage,
        charactersPerSecond: wall,
        charactersPerCpuSecond: cpu,
        documentsPerSecond,
        undisturbedCharactersPerSecond,
      }) =>
        `${corpus}: ${stage}: ${million(wall.min)} / ${million(wall.median)} / ${million(wall.max)} ` +
        `(${million(cpu.median)}; ${million(undisturbedCharactersPerSecond)}); ${(documentsPerSecond.median / 1000).toFixed(1)}`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
if (Number.isNaN(sink)) throw new Error('a score was not a number');
