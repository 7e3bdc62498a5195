import {
  compareRows,
  createContaminationGuard,
  duplicatePrint,
  textHashOf,
  type DatasetRow,
  type DuplicateEntry,
  type DuplicateRegistry,
  type RowLabel,
  type RowOrigin,
} from '#model';
import type { DatasetRecipe } from './dataset-recipe.js';
import { mergeGroup, type LabelConflict } from './merge-group.js';
import { rollValidation } from './roll-validation.js';
import type { LeftOutReason, RowCandidate } from './row-candidate.js';

export type { LeftOutReason } from './row-candidate.js';

/** The newest DERIVED label of one revision up to the cut, joined with what is known of the revision. */
export interface LabelledItem {
  /** platform/contentId/revision. */
  readonly key: string;
  readonly platform: string;
  readonly kind: string;
  /** Masked; null: it is nowhere any more. */
  readonly text: string | null;
  /** SHA-256 of the masked text, 32 hex digits, where it is known without the text; null: taken from the text. */
  readonly textHash: string | null;
  readonly language: string;
  /** Keyed hash. */
  readonly author: string | null;
  /** Known categories only. */
  readonly labels: Readonly<Record<string, RowLabel>>;
  readonly isSettled: boolean;
  /** When an expert had first settled all facts that decided it, milliseconds; null: none has. */
  readonly expertSince: number | null;
  readonly origin: Exclude<RowOrigin, 'IMPORTED'>;
  /** Final inclusion probability, of DRAWN only. */
  readonly inclusion: number | null;
  /** Milliseconds. */
  readonly labelledAt: number;
}

/** An imported data set that the recipe names. */
export interface ImportedSource {
  readonly datasetId: string;
  readonly name: string;
  readonly licence: string;
  /** Near-copies with different labels are its lesson: only exact copies are merged. */
  readonly keepsPairs: boolean;
  readonly rows: readonly DatasetRow[];
}

/** What is needed of an evaluation set: fingerprints, never texts. */
export interface EvaluationSource {
  readonly name: string;
  readonly prints: readonly { readonly exactKey: string; readonly bands: ArrayLike<number> }[];
}

export interface BuildInput {
  readonly items: readonly LabelledItem[];
  readonly imports: readonly ImportedSource[];
  readonly evaluation: readonly EvaluationSource[];
  /** Filled up to the cut, with every item and every imported row in it. */
  readonly registry: Pick<DuplicateRegistry, 'entryOf' | 'rootOf' | 'sizeOf' | 'splitOf'>;
  /** To rebuild a data set from which texts were erased since: a row needs the hash of its text only. False for a new one. */
  readonly keepsErased?: boolean;
}

export interface LeftOut {
  readonly key: string;
  readonly source: string;
  readonly reason: LeftOutReason;
}

export interface BuiltRows {
  /** By key. */
  readonly rows: readonly DatasetRow[];
  /** By key. */
  readonly leftOut: readonly LeftOut[];
  /** For the relabel queue. */
  readonly conflicts: readonly LabelConflict[];
  /** Training rows that hit an evaluation row after filtering: anything but 0 fails a build. */
  readonly contaminated: number;
  /** Newest label up to the cut, milliseconds; null without labels. Ages count from here, never from a clock. */
  readonly asOf: number | null;
}

/** Name of the rows that people of this installation labelled, beside the names of imports. */
export const labelSource = 'labels';

/**
 * The rows of a data set and what was left out, and why: a function of its input, whatever the order of items (labels 2.5). In training one row stands
 * for its near-duplicate group; in validation and test every drawn row stays, because its probability speaks for itself alone.
 */
export function buildRows(input: BuildInput, recipe: DatasetRecipe): BuiltRows {
  const leftOut: LeftOut[] = [];
  const leave = (reason: LeftOutReason, { key, source }: Pick<DatasetRow, 'key' | 'source'>): void => {
    leftOut.push({ key, source, reason });
  };
  const asOf = input.items.reduce<number | null>(
    (newest, { labelledAt }) => (newest === null || labelledAt > newest ? labelledAt : newest),
    null,
  );
  const candidates = rollValidation(
    [...labelledCandidates(input, recipe, asOf, leave), ...importedCandidates(input, recipe, leave)],
    recipe.validation,
    asOf,
    leave,
  );

  const guard = createContaminationGuard();
  for (const { prints } of input.evaluation) prints.forEach(guard.add);
  for (const { row, entry } of candidates) {
    if (row.split === 'validation' || row.split === 'test') guard.add(entry);
  }
  const clean = candidates.filter((candidate) => {
    const isHit = candidate.row.split === 'train' && guard.hits(candidate.entry);
    if (isHit) leave('CONTAMINATED', candidate.row);
    return !isHit;
  });

  const units = new Map<string, RowCandidate[]>();
  const rows: DatasetRow[] = [];
  for (const candidate of clean) {
    if (standsAlone(candidate.row)) rows.push(candidate.row);
    else {
      const members = units.get(candidate.unit);
      if (members === undefined) units.set(candidate.unit, [candidate]);
      else members.push(candidate);
    }
  }
  const conflicts: LabelConflict[] = [];
  for (const members of units.values()) {
    const merged = mergeGroup(members);
    conflicts.push(...merged.conflicts);
    for (const copy of merged.copies) leave('COPY', copy);
    // People disagree on everything that is known of it.
    if (Object.keys(merged.row.labels).length === 0) leave('NO_LABEL', merged.row);
    else rows.push(merged.row);
  }
  return {
    rows: rows.sort(compareRows),
    leftOut: leftOut.sort(compareRows),
    conflicts: conflicts.sort((a, b) => compareText(a.group, b.group) || compareText(a.category, b.category)),
    contaminated: countContaminated(rows, input.registry, guard),
    asOf,
  };
}

function standsAlone({ split, inclusion }: DatasetRow): boolean {
  return (split === 'validation' || split === 'test') && inclusion !== null;
}

/** Looked at again on the rows themselves: filtering and counting must not share a mistake. */
function countContaminated(
  rows: readonly DatasetRow[],
  registry: BuildInput['registry'],
  guard: ReturnType<typeof createContaminationGuard>,
): number {
  return rows.filter(({ key, split }) => {
    const entry = registry.entryOf(key);
    return split === 'train' && (entry === undefined || guard.hits(entry));
  }).length;
}

type Leave = (reason: LeftOutReason, row: Pick<DatasetRow, 'key' | 'source'>) => void;

function labelledCandidates(
  { items, registry, keepsErased = false }: BuildInput,
  recipe: DatasetRecipe,
  asOf: number | null,
  leave: Leave,
): RowCandidate[] {
  const { origins, settledOnly, maxAge } = recipe.labels;
  return items.flatMap((item): RowCandidate[] => {
    const { key, origin, text, labelledAt } = item;
    const out = (reason: LeftOutReason): [] => {
      leave(reason, { key, source: labelSource });
      return [];
    };
    const { expertSince } = item;
    const isGold = expertSince !== null && recipe.goldFrozenAt !== null && expertSince < recipe.goldFrozenAt;
    if (!origins.includes(origin)) return out('ORIGIN');
    if (settledOnly && !item.isSettled) return out('NOT_SETTLED');
    if (!isGold && maxAge !== null && asOf !== null && labelledAt < asOf - maxAge) return out('TOO_OLD');
    if (!isWanted(item.language, recipe.languages)) return out('LANGUAGE');
    const labels = heavyEnough(item.labels, recipe.labels.minWeight);
    if (Object.keys(labels).length === 0) return out('NO_LABEL');
    const isErased = text === null && keepsErased && item.textHash !== null;
    if (text === null && !isErased) return out('TEXT_GONE');
    if (text?.trim() === '') return out('EMPTY_TEXT');
    const entry = registry.entryOf(key);
    if (entry === undefined) return out('NOT_REGISTERED');
    return [
      candidateOf(
        {
          key,
          text: text ?? '',
          textHash: item.textHash ?? textHashOf(text ?? ''),
          language: item.language,
          platform: item.platform,
          kind: item.kind,
          labels,
          inclusion: origin === 'DRAWN' ? item.inclusion : null,
          origin,
          isGold,
          source: labelSource,
          author: item.author,
          labelledAt,
        },
        entry,
        registry,
        { isPair: false, isExpert: expertSince !== null },
      ),
    ];
  });
}

function importedCandidates(
  { imports, registry, keepsErased = false }: BuildInput,
  recipe: DatasetRecipe,
  leave: Leave,
): RowCandidate[] {
  return imports.flatMap(({ rows, keepsPairs }) =>
    rows.flatMap((row): RowCandidate[] => {
      const out = (reason: LeftOutReason): [] => {
        leave(reason, row);
        return [];
      };
      if (!isWanted(row.language, recipe.languages)) return out('LANGUAGE');
      const labels = heavyEnough(row.labels, recipe.labels.minWeight);
      if (Object.keys(labels).length === 0) return out('NO_LABEL');
      if (row.text === '' && !keepsErased) return out('TEXT_GONE');
      const entry = registry.entryOf(row.key);
      // Another file may have been imported under the same name.
      if (entry === undefined || (row.text !== '' && duplicatePrint(row.text).exactKey !== entry.exactKey)) {
        return out('NOT_REGISTERED');
      }
      return [candidateOf({ ...row, labels }, entry, registry, { isPair: keepsPairs, isExpert: false })];
    }),
  );
}

function candidateOf(
  row: Omit<DatasetRow, 'split' | 'group' | 'groupSize' | 'weight'>,
  entry: DuplicateEntry,
  registry: BuildInput['registry'],
  { isPair, isExpert }: Pick<RowCandidate, 'isPair' | 'isExpert'>,
): RowCandidate {
  const group = registry.rootOf(row.key) ?? row.key;
  return {
    row: {
      ...row,
      split: registry.splitOf(row.key) ?? 'none',
      group,
      groupSize: Math.max(1, registry.sizeOf(row.key)),
      weight: 1,
    },
    entry,
    unit: isPair ? `${group}|${entry.exactKey}` : group,
    isPair,
    isExpert,
  };
}

function heavyEnough(labels: LabelledItem['labels'], minWeight: number): Record<string, RowLabel> {
  return Object.fromEntries(Object.entries(labels).filter(([, { weight }]) => weight >= minWeight));
}

function isWanted(language: string, languages: readonly string[] | null): boolean {
  return languages === null || languages.includes(language.split('-')[0] ?? '');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
