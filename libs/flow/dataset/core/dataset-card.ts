import type { CategoryCounts, DatasetManifest } from '#model';
import type { GroupQuality, QualityReport } from './quality-report.js';

/** An import as the card names it. */
export interface CardSource {
  readonly name: string;
  readonly datasetId: string;
  readonly licence: string;
  /** Who published it, and where. */
  readonly origin: string;
  /** How its labels became categories, and what is weak about them. */
  readonly about: string;
}

export interface CardFacts {
  readonly manifest: DatasetManifest;
  readonly report: QualityReport;
  /** The imports whose rows it takes; of an import itself. */
  readonly sources: readonly CardSource[];
}

const count = (value: number): string => value.toLocaleString('en-GB');
const share = (value: number | null): string => (value === null ? '-' : `${(100 * value).toFixed(1)} %`);
const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
/** Table cells hold what people wrote: names and descriptions. */
const cell = (text: string): string => text.replace(/[|\\]/g, '\\$&').replace(/\s+/g, ' ').trim();

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** What a reader must know of a data set, in Markdown: data, licences, mapping, counts, quality, limits. The same data set has the same card. */
export function writeDatasetCard({ manifest, report, sources }: CardFacts): string {
  const { datasetId, name, kind, digest, recipeId } = manifest;
  const sections = [
    `# Data set ${name}`,
    `\`${datasetId}\`, ${count(manifest.rows)} rows, ${kind === 'BUILT' ? 'built from labels' : 'imported'}; SHA-256 of the rows \`${digest}\`.`,
    '## Where it comes from',
    originOf(manifest),
    sources.length === 0
      ? ''
      : table(
          ['Source', 'Data set', 'Licence', 'From', 'Labels'],
          sources.map((each) => [each.name, each.datasetId, each.licence, each.origin, each.about]),
        ),
    manifest.licences.length === 0
      ? ''
      : `Licences: ${manifest.licences.join(', ')}. Whoever passes rows on must keep to them.`,
    '## What is in it',
    table(
      ['Split', 'Rows'],
      (['train', 'validation', 'test', 'none'] as const).map((split) => [split, count(manifest.splits[split])]),
    ),
    'Splits follow the near-duplicate group of a text, for ever. `none`: rows that tie groups of different splits; they neither train nor judge.',
    categoryTable(report),
    groupTable('Language', report.languages),
    groupTable('Source', report.sources),
    '## Quality',
    qualityOf(report),
    report.agreement.length === 0
      ? ''
      : table(
          ['Question', 'Items', 'Alpha', '95 %', 'Positive agreement'],
          report.agreement.map((each) => [
            each.question,
            count(each.items),
            figure(each.alpha),
            `${figure(each.low)} to ${figure(each.high)}`,
            figure(each.positive),
          ]),
        ),
    Object.keys(report.leftOut).length === 0
      ? ''
      : table(
          ['Left out because', 'Rows'],
          Object.entries(report.leftOut)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([reason, rows]) => [reason, count(rows)]),
        ),
    report.expectations.length === 0
      ? ''
      : table(
          ['Demand of the recipe', 'Holds', 'Found'],
          report.expectations.map((each) => [
            each.name,
            each.passed ? 'yes' : each.severity === 'fail' ? 'NO' : 'no (warning)',
            each.detail,
          ]),
        ),
    '## Limits',
    limitsOf(manifest, report),
    `Recipe \`${recipeId}\`: \`${manifest.recipe.replaceAll('`', "'")}\``,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function originOf({ kind, policyId, policyVersion, labelsUntil, rule, previousId }: DatasetManifest): string {
  if (kind === 'IMPORTED')
    return 'Rows of a labelled file that others published, read with the mapping below. Personal data is masked.';
  const before = previousId === null ? '' : ` The data set of this recipe before it is \`${previousId}\`.`;
  return (
    `What people answered, resolved by ${rule} and turned into categories by policy \`${policyId ?? ''}\`, version ${policyVersion ?? 0}: ` +
    `labels before offset ${labelsUntil ?? 0} of the journal. Personal data is masked.${before}`
  );
}

function categoryTable({ categories }: QualityReport): string {
  if (Object.keys(categories).length === 0) return 'No category is known of any row.';
  const inSplit = ({ positives, negatives }: Omit<CategoryCounts, 'unknown'>): string =>
    `${count(positives)} / ${count(positives + negatives)}`;
  return table(
    ['Category', 'Yes', 'No', 'Unknown', 'Yes of known', 'Train', 'Validation', 'Test'],
    Object.entries(categories).map(([name, each]) => [
      name,
      count(each.positives),
      count(each.negatives),
      count(each.unknown),
      share(each.share),
      inSplit(each.bySplit.train),
      inSplit(each.bySplit.validation),
      inSplit(each.bySplit.test),
    ]),
  );
}

function groupTable(head: string, groups: readonly GroupQuality[]): string {
  return table(
    [head, 'Rows', 'Train', 'Validation', 'Test', 'Yes'],
    groups.map(({ name, rows, splits, positives }) => [
      name,
      count(rows),
      count(splits.train),
      count(splits.validation),
      count(splits.test),
      Object.entries(positives)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([category, yes]) => `${category} ${count(yes)}`)
        .join(', '),
    ]),
  );
}

function qualityOf({ duplicates, leakage, personalData, suspected, gold, erased }: QualityReport): string {
  const lines = [
    `${count(duplicates.groups)} groups of near-duplicates, the largest of ${count(duplicates.largest)}; ${count(duplicates.merged)} members are left out, because another one stands for them.`,
    `${count(duplicates.conflicts)} groups on which people disagree; what they disagree on is unknown here.`,
    `${count(duplicates.refused)} training texts were refused as possible copies of what models are judged by; ${count(duplicates.contaminated)} are left.`,
    `${count(leakage.authors)} known authors, ${count(leakage.authorsAcross)} of them in training and in validation or test (${share(leakage.share)} of the rows there).`,
    personalData.rows === 0
      ? 'Masking finds no personal data.'
      : `Masking finds personal data in ${count(personalData.rows)} rows: ${Object.keys(personalData.kinds).sort().join(', ')}.`,
    suspected === null
      ? 'Nobody looked for labels that look wrong.'
      : `${count(suspected.flagged)} of ${count(suspected.checked)} rows have a label that looks wrong to a model that did not see them; they are for people to look at, and still here.`,
    `${count(gold)} rows are frozen gold.`,
  ];
  if (erased > 0) lines.push(`The text of ${count(erased)} rows was erased since.`);
  return lines.map((line) => `- ${line}`).join('\n');
}

function limitsOf({ kind }: DatasetManifest, { categories, languages, origins }: QualityReport): string {
  const rare = Object.entries(categories).filter(([, { bySplit }]) => bySplit.test.positives < 30);
  const small = languages.filter(({ rows }) => rows < 200);
  const lines = [
    'Unknown is not no: of a category that is unknown a row says nothing.',
    'Masking finds mail addresses, numbers and handles; names and addresses in words stay.',
  ];
  if (rare.length > 0) {
    lines.push(
      `Fewer than 30 test rows with yes, so that no figure about them is worth much: ${rare.map(([name]) => name).join(', ')}.`,
    );
  }
  if (small.length > 0) lines.push(`Fewer than 200 rows: ${small.map(({ name }) => name).join(', ')}.`);
  if ((origins.DRAWN ?? 0) === 0)
    lines.push('No row was drawn with a known probability: shares of yes say nothing about real traffic.');
  else
    lines.push(
      'Only rows of origin DRAWN have a probability; shares of yes over all rows are not those of real traffic.',
    );
  if (kind === 'IMPORTED')
    lines.push('Others labelled it by their own rules, which are not the questions of a policy here.');
  return lines.map((line) => `- ${line}`).join('\n');
}
