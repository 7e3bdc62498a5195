import { createHash } from 'node:crypto';
import { scoreLinearModel } from '../../artefact/linear-model.js';
import type { LinearModel } from '../../artefact/linear-model.js';
import { cardPath, writeArtefact } from '../../artefact/model-artefact.js';
import type { WrittenArtefact } from '../../artefact/model-artefact.js';
import { applyCalibrator } from '../../calibration/calibrator.js';
import { createFeaturiser } from '../../features/featuriser.js';
import { roundLogit } from '../../features/score-linear.js';
import { assessHeldOut, metricsOf } from '../assess.js';
import type { Assessment } from '../assess.js';
import { anyCategory } from '../labelled-text.js';
import { foldedQuality } from '../out-of-fold.js';
import { buildCorpus } from './corpus.js';
import { fitStarter } from './fit-starter.js';
import type { Progress } from './fit-starter.js';
import { probes } from './probes.js';
import { parseInDomain, publicSources } from './public-sources.js';
import type { PublicRow } from './public-sources.js';
import { starterCard, starterPage, starterReport, starterReportJson } from './starter-documents.js';
import type { OverBlocking, StarterFacts } from './starter-documents.js';
import type { StarterRecipe } from './starter-recipe.js';

/** The in-domain file, relative to the data folder. */
export const inDomainFile = 'openai_moderation/dev.jsonl';

/** Every n-th harmless public row is scored for the card. */
const benignEvery = 7;

/**
 * The whole starter model as files of its artefact, from the texts of the data files. Pure: `readFile` is asked for
 * paths relative to the data folder. The same files give the same bytes on one architecture.
 */
export function trainStarter(
  readFile: (path: string) => string,
  recipe: StarterRecipe,
  release: string,
  onProgress: Progress,
): WrittenArtefact & { readonly facts: StarterFacts } {
  const sources = publicSources.filter(({ language }) => recipe.publicLanguages.includes(language));
  const publicRows = sources.flatMap(({ files, parse }) => parse(files.map(readFile)));
  onProgress('near-duplicates', 0, 1);
  const corpus = buildCorpus(parseInDomain(readFile(inDomainFile)), publicRows);
  onProgress('near-duplicates', 1, 1);
  const { model, folded, datasetId } = fitStarter(corpus, recipe, onProgress);
  const quality = foldedQuality(folded, corpus.groups, (category) => category !== anyCategory, recipe.bootstrapDraws);
  const heldOut = folded.map(({ category, labels, foldings }) => ({
    category,
    labels,
    logits: foldings[0] ?? new Float64Array(labels.length),
  }));
  const assessment = assessHeldOut(heldOut, corpus.groups, recipe.bootstrapDraws, (category) => {
    onProgress('evaluation', model.categories.indexOf(category) + 1, model.categories.length);
  });
  const measured = { model, recipe, assessment };
  const facts: StarterFacts = {
    corpus,
    recipe,
    quality,
    assessment,
    probes: Object.entries(probes).map(([name, texts]) => countFlags(name, texts, measured)),
    benign: sources
      .map(({ name }) => countFlags(name, harmless(corpus.publicRows, name), measured))
      .filter(({ texts }) => texts > 0),
    release,
    datasetId,
  };
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const written = writeArtefact(
    model,
    {
      name: 'starter',
      release,
      featuriser: recipe.featuriser,
      datasetId,
      recipeId: `r-${createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)}`,
      recipe: { ...recipe },
      metrics: starterMetrics(assessment, quality),
      calibrators: assessment.calibrators,
      thresholds: { provisional: assessment.provisional, solved: assessment.solved },
    },
    (modelId) => {
      const report = starterReport(modelId, facts);
      return new Map([
        [cardPath, encode(starterCard(modelId, facts))],
        ['report.html', encode(starterPage(report))],
        ['report.json', encode(starterReportJson(report))],
      ]);
    },
  );
  return { ...written, facts };
}

/** The document's metrics with the means over all foldings. */
function starterMetrics(
  { evaluation }: Assessment,
  { categories }: ReturnType<typeof foldedQuality>,
): ReturnType<typeof metricsOf> {
  const metrics = metricsOf(evaluation);
  for (const { category, pooled, low, high } of categories) {
    const metric = metrics[category];
    if (metric !== undefined) metrics[category] = { ...metric, averagePrecision: pooled, low, high };
  }
  return metrics;
}

function harmless(rows: readonly PublicRow[], source: string): string[] {
  return rows
    .filter(({ source: own, labels }) => own === source && labels[anyCategory] === 0 && (labels['H'] ?? 0) === 0)
    .filter((_, i) => i % benignEvery === 0)
    .map(({ text }) => text);
}

function countFlags(
  name: string,
  texts: readonly string[],
  { model, recipe, assessment }: { model: LinearModel; recipe: StarterRecipe; assessment: Assessment },
): OverBlocking {
  const featuriser = createFeaturiser(recipe.featuriser);
  const logits = new Float32Array(model.categories.length);
  let reviewed = 0;
  let blocked = 0;
  for (const text of texts) {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(model, ids, count, logits);
    let strictest = 0;
    for (const [column, category] of model.categories.entries()) {
      const calibrator = assessment.calibrators[category];
      const thresholds = assessment.provisional[category];
      if (calibrator === undefined || thresholds === undefined) continue;
      const probability = applyCalibrator(calibrator, roundLogit(logits[column] ?? 0));
      if (thresholds.block !== null && probability >= thresholds.block) strictest = 2;
      else if (probability >= thresholds.review) strictest = Math.max(strictest, 1);
    }
    if (strictest === 2) blocked += 1;
    if (strictest === 1) reviewed += 1;
  }
  return { name, texts: texts.length, reviewed, blocked };
}
