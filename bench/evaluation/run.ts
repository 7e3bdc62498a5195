import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createFeaturiser,
  createLanguageIdentifier,
  evaluateDataset,
  linearModelOf,
  readArtefactFolder,
  roundLogit,
  scoreLinearModel,
  type DatasetEvaluation,
  type DatasetRow,
} from '#model';
import { findContamination } from '../../libs/model/evaluation/contamination.js';
import { rowsOfTexts } from '../../libs/model/evaluation/read-evaluation-rows.js';
import { parseInDomain, publicSources } from '../../libs/model/training/starter/public-sources.js';
import { starterRecipe } from '../../libs/model/training/starter/starter-recipe.js';
import { inDomainFile } from '../../libs/model/training/starter/train-starter.js';
import type { LabelledText } from '../../libs/model/training/labelled-text.js';
import { hashKey, seededUniform } from '../../libs/model/training/seeded-uniform.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    model: { type: 'string', default: 'models/starter' },
    rows: { type: 'string', default: '4000' },
    draws: { type: 'string', default: '1000' },
  },
});
const most = Number(values.rows);
const artefact = readArtefactFolder(values.model);
const model = linearModelOf(artefact);
const featuriser = createFeaturiser(artefact.document.featuriser);
const identify = await createLanguageIdentifier();

interface Source {
  readonly name: string;
  readonly language: string;
  readonly seen: string;
  readonly texts: readonly LabelledText[];
}

const read = (file: string): string => readFileSync(join(values.data, file), 'utf8');
const missing = [inDomainFile, ...publicSources.flatMap(({ files }) => files)].filter(
  (file) => !existsSync(join(values.data, file)),
);
if (missing.length > 0) {
  process.stderr.write(`${values.data} lacks ${missing.join(', ')}: name the folder of the public data with --data\n`);
  process.exit(1);
}
const inDomain = parseInDomain(read(inDomainFile));
const sources: Source[] = [
  { name: 'openai_moderation', language: 'en', seen: 'trained on it', texts: inDomain },
  ...publicSources.map(({ name, language, files, parse }) => ({
    name,
    language,
    seen: starterRecipe.publicLanguages.includes(language) ? 'its public heads' : 'no',
    texts: sample(parse(files.map(read))),
  })),
];

/** The rows with the smallest hash of their text: the same ones at every run, whatever their order. */
function sample(texts: readonly LabelledText[]): LabelledText[] {
  const keyed = texts.map((text) => ({ text, u: seededUniform(1, 0, hashKey(text.text)) }));
  return keyed
    .sort((a, b) => a.u - b.u)
    .slice(0, most)
    .map(({ text }) => text);
}

function logitsOf(rows: readonly DatasetRow[]): Record<string, Float64Array> {
  const columns = model.categories.map(() => new Float64Array(rows.length));
  const into = new Float32Array(model.categories.length);
  for (const [i, { text }] of rows.entries()) {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(model, ids, count, into);
    for (const [c, column] of columns.entries()) column[i] = roundLogit(into[c] ?? Number.NaN);
  }
  return Object.fromEntries(model.categories.map((category, c) => [category, columns[c] ?? new Float64Array()]));
}

function evaluate({ name, texts }: Source): { report: DatasetEvaluation; seconds: number } {
  const rows = rowsOfTexts(texts, name, identify);
  const logits = logitsOf(rows);
  const training = inDomain.map(({ text }, i) => ({ key: `openai_moderation/${i + 1}/1`, text }));
  const contamination = findContamination(rows, training);
  const startedAt = performance.now();
  const report = evaluateDataset({
    rows,
    model: {
      modelId: artefact.document.modelId,
      name: artefact.document.name,
      logits,
      calibrators: artefact.document.calibrators,
      thresholds: artefact.document.thresholds.provisional,
    },
    datasetId: name,
    split: 'test',
    evaluatedAt: Date.now(),
    settings: { draws: Number(values.draws), seed: 1 },
    contamination,
  });
  return { report, seconds: (performance.now() - startedAt) / 1000 };
}

const cell = (value: number | null | undefined, digits = 2): string => (value == null ? '–' : value.toFixed(digits));

process.stdout.write(
  '| source | language | seen | near-copies of the in-domain set | category | labelled yes / rows | prevalence | AP | 95 % | ROC AUC | top-5 % ECE | recall at review | seconds |\n' +
    `| ${Array.from({ length: 13 }, () => '---').join(' | ')} |\n`,
);
for (const source of sources) {
  const { report, seconds } = evaluate(source);
  const shown = report.categories.filter(
    ({ category, positives, rows }) => ['H', 'HR', 'V', 'ANY'].includes(category) && positives > 0 && positives < rows,
  );
  for (const [i, one] of shown.entries()) {
    const first = i === 0;
    process.stdout.write(
      `| ${[
        first ? source.name : '',
        first ? source.language : '',
        first ? source.seen : '',
        first ? String(report.contamination?.hits.length ?? 0) : '',
        one.category,
        `${one.positives} / ${one.rows}`,
        cell(one.prevalence),
        cell(one.averagePrecision.value),
        `${cell(one.averagePrecision.low)} – ${cell(one.averagePrecision.high)}${one.averagePrecision.wide ? ' wide' : ''}`,
        cell(one.rocAuc.value),
        cell(one.calibration.topEce),
        cell(one.review?.recall.value),
        first ? seconds.toFixed(1) : '',
      ].join(' | ')} |\n`,
    );
  }
}
