import { maskPersonalData, textHashOf, type RowLabel, type RowOrigin } from '#model';
import type { LabelledItem } from './core/build-rows.js';
import type { DatasetStore, LabelledQuery, StoredLabel } from './dataset-store.js';

export interface CollectedItems {
  readonly items: readonly LabelledItem[];
  /** How answers became these labels: names of the rules, each once, in order. */
  readonly rule: string;
}

/** What a build takes as the text of an item; null: it is gone. */
export type TextChoice = (label: StoredLabel) => Pick<LabelledItem, 'text' | 'textHash'>;

/** Texts whose hash is looked at before others get their turn. */
const TURN = 500;

/** The newest labels before a cut with all that is known of them. */
export async function collectItems(
  store: DatasetStore,
  query: LabelledQuery,
  choose: TextChoice,
  turn: (items: number) => Promise<void>,
): Promise<CollectedItems> {
  const items: LabelledItem[] = [];
  const rules = new Set<string>();
  for await (const labels of store.labelled(query)) {
    for (const label of labels) {
      rules.add(label.rule);
      items.push(itemOf(label, choose(label)));
      if (items.length % TURN === 0) await turn(items.length);
    }
  }
  return { items, rule: [...rules].sort().join(', ') };
}

/** For a new data set: the text of the content, else of an earlier data set; only when it is the text that the registry has seen. */
export function presentText({
  text,
  earlierText,
  textHash,
  isErased,
}: StoredLabel): Pick<LabelledItem, 'text' | 'textHash'> {
  if (!isErased && textHash !== null) {
    for (const candidate of [text === '' ? '' : maskPersonalData(text).text, earlierText]) {
      if (candidate !== '' && textHashOf(candidate) === textHash) return { text: candidate, textHash };
    }
  }
  return { text: null, textHash: null };
}

function itemOf(label: StoredLabel, text: Pick<LabelledItem, 'text' | 'textHash'>): LabelledItem {
  const labels: Record<string, RowLabel> = {};
  for (const [category, [value, weight]] of Object.entries(label.labels)) {
    labels[category] = { value: value === 'YES' ? 1 : 0, weight };
  }
  return {
    key: label.key,
    platform: label.platform,
    kind: label.kind,
    ...text,
    language: label.language,
    author: label.author,
    labels,
    isSettled: label.isSettled,
    expertSince: label.expertSince,
    origin: originOf(label.origin),
    inclusion: label.origin === 'DRAWN' ? label.inclusion : null,
    labelledAt: label.labelledAt,
  };
}

/** Answers that people gave elsewhere are no imported data set: for a row they are labels of unknown origin. */
function originOf(origin: string): Exclude<RowOrigin, 'IMPORTED'> {
  switch (origin) {
    case 'DRAWN':
    case 'TRAIN_ONLY':
    case 'REPORTED':
    case 'APPEALED':
    case 'RED_TEAM':
      return origin;
    default:
      return 'OTHER';
  }
}
