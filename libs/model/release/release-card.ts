import type { ModelDocument } from '../artefact/model-document.js';
import type { ReleaseAbout } from './release-about.js';

const FEWEST_POSITIVES = 30;

const intendedUse = [
  'To rank texts for people who moderate, and to block or allow by itself where its calibrated probabilities were shown to hold on texts of the same platform.',
];
const outOfScope = [
  'Decisions about persons: it scores one text, and knows nothing of who wrote it or why.',
  'Platforms, languages or kinds of text that it was not measured on.',
];
const limits = [
  'It sees words and characters, not what is said with them: quoted and condemned, reclaimed or negated words are often taken for meant.',
  'Its probabilities hold where prevalence is as in the texts that it was calibrated on. Calibrate again on texts of your own.',
  'Whoever knows it can write around it.',
];

/** Of a cascade: its encoder is tens of megabytes of somebody else's, so the bundle names it by its hashes alone. */
export const firstTierAlone =
  'The examples score the first tier, n-grams alone: what the product says of contents that do not go to the encoder. The second tier needs the encoder that model/model.json names by its SHA-256, and Tidegate.';

/** The card for people outside: Markdown, made of what the artefact says of itself and what its maker adds. */
export function releaseCard(document: ModelDocument, about: ReleaseAbout, makersCard: string | null): string {
  const { modelId, name, family, categories, datasetId, recipeId, release } = document;
  const sections = [
    `# ${about.title ?? `${name}, ${modelId}`}`,
    `Model \`${modelId}\` (${family}), made by Tidegate ${release} from data set \`${datasetId}\` with recipe \`${recipeId}\`. It scores one text in ${categories.length} categories: ${categories.join(', ')}.`,
    `Licence of the weights: ${about.licence ?? 'not stated; ask who gave it to you'}. The programs beside them: Apache-2.0. Contact: ${about.contact ?? 'not stated'}.`,
    ...listed('Intended use', about.intendedUse ?? intendedUse),
    ...listed('Not for', about.outOfScope ?? outOfScope),
    ...listed('Limits', [
      ...limits,
      ...unmeasured(document),
      ...(family === 'STACKED_ENCODER' ? [firstTierAlone] : []),
      ...(about.limits ?? []),
    ]),
    '## Quality',
    qualityOf(document),
    '## Thresholds',
    thresholdsOf(document),
    '## Data',
    dataOf(document, about),
  ];
  if (makersCard !== null) sections.push('## What its maker wrote', lowered(makersCard));
  return `${sections.join('\n\n')}\n`;
}

const listed = (title: string, entries: readonly string[]): string[] => [
  `## ${title}`,
  entries.map((entry) => `- ${entry}`).join('\n'),
];

function unmeasured({ categories, metrics }: ModelDocument): string[] {
  const few = categories.filter((category) => (metrics[category]?.positives ?? 0) < FEWEST_POSITIVES);
  if (few.length === 0) return [];
  return [
    `Fewer than ${FEWEST_POSITIVES} positive texts stand behind the figures of ${few.join(', ')}: do not rely on them.`,
  ];
}

const figure = (value: number): string => value.toFixed(3);

function qualityOf({ categories, metrics }: ModelDocument): string {
  const rows = categories.flatMap((category) => {
    const metric = metrics[category];
    if (metric === undefined) return [];
    const { rows: texts, positives, prevalence, averagePrecision, low, high, wide, rocAuc } = metric;
    const interval = `${figure(low)} to ${figure(high)}${wide ? ' (wide)' : ''}`;
    const auc = rocAuc === null ? '' : figure(rocAuc);
    return [
      `| ${category} | ${positives} / ${texts} | ${(100 * prevalence).toFixed(1)} % | ${figure(averagePrecision)} | ${interval} | ${auc} |`,
    ];
  });
  if (rows.length === 0) return 'Not measured: nothing is known of its quality.';
  return [
    'On held-out texts. Average precision is as high as the prevalence for a model that knows nothing.',
    '',
    '| category | positives / texts | prevalence | average precision | 95 % | area under ROC |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function thresholdsOf({ categories, thresholds: { provisional, solved } }: ModelDocument): string {
  const value = (threshold: number | null | undefined) =>
    typeof threshold === 'number' ? threshold.toFixed(2) : 'none';
  return [
    '*Solved* hold a promise on held-out texts (precision of what is blocked, recall of what is reviewed); *provisional* are there so that a demonstration shows something.',
    '',
    '| category | solved: review, block | provisional: review, block |',
    '| --- | --- | --- |',
    ...categories.map((category) => {
      const [sure, first] = [solved[category], provisional[category]];
      return `| ${category} | ${value(sure?.review)}, ${value(sure?.block)} | ${value(first?.review)}, ${value(first?.block)} |`;
    }),
  ].join('\n');
}

function dataOf({ datasetId }: ModelDocument, { data }: ReleaseAbout): string {
  const none = `Sources and licences were not given with the export; data set \`${datasetId}\` of the maker's installation names them.`;
  if (data === undefined || data.length === 0) return none;
  return [
    '| source | licence | rows | origin |',
    '| --- | --- | --- | --- |',
    ...data.map(({ name, licence, rows, origin }) =>
      ['', name, licence, rows === undefined ? '' : String(rows), origin ?? '', ''].map(cell).join('|').trim(),
    ),
  ].join('\n');
}

const cell = (text: string): string => (text === '' ? ' ' : ` ${text.replaceAll('|', '\\|').replaceAll('\n', ' ')} `);

/** Its headings go two levels down, below ours. */
function lowered(markdown: string): string {
  return markdown.trim().replace(/^(#{1,4}) /gm, '##$1 ');
}
