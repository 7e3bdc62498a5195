import type { DatasetPublished } from '#platform/contracts';
import { suspectLabels, type DatasetManifest, type DatasetRow } from '#model';
import type { BuiltRows } from './core/build-rows.js';
import { writeDatasetCard, type CardSource } from './core/dataset-card.js';
import type { DatasetRecipe } from './core/dataset-recipe.js';
import {
  reportQuality,
  type MeasuredAgreement,
  type QualityReport,
  type SuspectedLabels,
} from './core/quality-report.js';

/** Report and card of rows that are about to be published. */
export interface Described {
  readonly report: QualityReport;
  /** Markdown. */
  readonly card: string;
}

export function describeRows(input: {
  readonly manifest: DatasetManifest;
  readonly built: BuiltRows;
  readonly recipe: Pick<DatasetRecipe, 'expectations'>;
  readonly sources: readonly DatasetPublished[];
  readonly agreement: readonly MeasuredAgreement[];
  readonly suspected: SuspectedLabels | null;
}): Described {
  const { manifest, built, recipe, sources, agreement, suspected } = input;
  const report = reportQuality({ built, agreement, suspected }, recipe);
  return { report, card: writeDatasetCard({ manifest, report, sources: sources.map(cardSourceOf) }) };
}

/** In a report; the others are counted. */
const MOST_SUSPECTED = 100;

/** Labels that look wrong, for people to look at (labels 2.4). */
export async function suspectedIn(
  rows: readonly DatasetRow[],
  turn: (step: string, done: number, total: number) => Promise<void>,
): Promise<SuspectedLabels> {
  const { checked, flagged, suspected } = await suspectLabels(rows, { turn });
  return { checked, flagged, first: suspected.slice(0, MOST_SUSPECTED) };
}

/** What an import says of itself stands in its mapping. */
function cardSourceOf({ name, datasetId, licences, recipe }: DatasetPublished): CardSource {
  const mapping: unknown = JSON.parse(recipe);
  return {
    name,
    datasetId,
    licence: licences.join(' AND '),
    origin: textIn(mapping, 'origin'),
    about: textIn(mapping, 'about'),
  };
}

function textIn(mapping: unknown, field: string): string {
  if (typeof mapping !== 'object' || mapping === null) return '';
  const value: unknown = Object.entries(mapping).find(([name]) => name === field)?.[1];
  return typeof value === 'string' ? value : '';
}
