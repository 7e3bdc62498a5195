import { maskPersonalData } from '#model';
import { revisionKey, type Action, type ContentKind, type LeasedTask } from '#platform/contracts';
import { hashText } from '#policy';

interface ItemRef {
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
}

/** What the warehouse says of one revision. */
export interface StoredContent extends ItemRef {
  readonly kind: ContentKind;
  readonly text: string;
  readonly textHash: string;
  readonly submittedAt: number;
  /** Null: neither given nor detected. */
  readonly language: string | null;
  readonly authorHash: string | null;
  readonly conversationHash: string | null;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface StoredVerdict extends ItemRef {
  readonly verdictId: string;
  readonly channel: string;
  readonly action: Action;
  readonly flagged: readonly string[];
  readonly textHash: string;
  /** Whether nothing has replaced or withdrawn it. */
  readonly isCurrent: boolean;
  readonly causeId: string | null;
  readonly partition: number;
}

export interface ContextText {
  readonly isBefore: boolean;
  readonly isSameAuthor: boolean;
  readonly submittedAt: number;
  readonly text: string;
}

/** What the label role reads of the warehouse. Every method rejects with RetryableError while it is away. */
export interface TaskWarehouse {
  contents(items: readonly ItemRef[]): Promise<readonly StoredContent[]>;
  context(content: StoredContent): Promise<readonly ContextText[]>;
  verdictsOf(item: ItemRef): Promise<readonly StoredVerdict[]>;
  verdict(verdictId: string): Promise<Omit<StoredVerdict, 'isCurrent' | 'flagged' | 'causeId'> | null>;
  appeal(item: ItemRef, reportId: string): Promise<string | null>;
}

/** Characters of a text that a person sees. */
const LONGEST_TEXT = 20_000;
const LONGEST_CONTEXT = 2000;

/** Reads contents for people who wait, and for those who will in a moment. */
export interface ContentReader {
  /** Null: the warehouse has no such revision. */
  readonly read: (item: ItemRef) => Promise<StoredContent | null>;
  /** Reads ahead in each lane, when little of it is left; what fails is read when it is asked for. */
  readonly expect: (lanes: readonly (readonly ItemRef[])[]) => void;
}

/** Contents in one query. */
const MOST_TOGETHER = 100;
/** A content that was read ahead is at most so old when it is shown, milliseconds; erasures are known without it. */
const LONGEST_KEPT_MS = 60_000;
const MOST_KEPT = 2000;
/** Of each lane. */
const LEAST_AHEAD = 4;

/**
 * Calls that come while others are being read go together in the next query, so that fifty people cost the warehouse two queries and not
 * fifty; and who is likely to be shown next is read ahead, because a person waits for the warehouse and not for us.
 */
export function createContentReader(read: TaskWarehouse['contents'], clock: () => number): ContentReader {
  interface Asked {
    readonly item: ItemRef;
    readonly resolve: (content: StoredContent | null) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Asked[] = [];
  let isReading = false;
  /** In the order in which they were asked for. */
  const kept = new Map<string, { readonly at: number; readonly content: Promise<StoredContent | null> }>();

  async function readAll(): Promise<void> {
    isReading = true;
    while (waiting.length > 0) {
      const together = waiting.slice(0, MOST_TOGETHER);
      waiting = waiting.slice(MOST_TOGETHER);
      try {
        const contents = await read(together.map(({ item }) => item));
        const found = new Map(contents.map((content) => [revisionKey(content), content]));
        for (const { item, resolve } of together) resolve(found.get(revisionKey(item)) ?? null);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    isReading = false;
  }

  function ask(item: ItemRef): Promise<StoredContent | null> {
    const key = revisionKey(item);
    const content = new Promise<StoredContent | null>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
    });
    const entry = { at: clock(), content };
    kept.set(key, entry);
    const forget = () => {
      if (kept.get(key) === entry) kept.delete(key);
    };
    // What is not there yet may be in a moment.
    content.then((found) => {
      if (found === null) forget();
    }, forget);
    if (!isReading) void readAll();
    return content;
  }

  function keptOf(item: ItemRef): Promise<StoredContent | null> | null {
    const entry = kept.get(revisionKey(item));
    return entry === undefined || clock() - entry.at > LONGEST_KEPT_MS ? null : entry.content;
  }

  return {
    read: (item) => keptOf(item) ?? ask(item),
    expect: (lanes) => {
      for (const [key, { at }] of kept) {
        if (clock() - at <= LONGEST_KEPT_MS && kept.size <= MOST_KEPT) break;
        kept.delete(key);
      }
      // A query costs nearly the same for one content and for thirty.
      if (!lanes.some((lane) => lane.slice(0, LEAST_AHEAD).some((item) => keptOf(item) === null))) return;
      for (const item of lanes.flat()) if (keptOf(item) === null) ask(item).catch(() => undefined);
    },
  };
}

/** The warehouse empties texts after their days and keeps the row: an empty text that is not the one that was hashed is gone. */
export function isTextGone({ text, textHash }: Pick<StoredContent, 'text' | 'textHash'>): boolean {
  return text === '' && hashText(text) !== textHash;
}

/** Categories that a content probably belongs to: what at least half of such contents do, and the first of its list. */
export function probableCategories(probabilities: Readonly<Record<string, number>>): readonly string[] {
  const sorted = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return sorted.filter(([, p], index) => p >= 0.5 || (index === 0 && p >= 0.2)).map(([category]) => category);
}

/** A text as a person sees it: without personal data, and not endless. */
export function shownText(text: string): Pick<LeasedTask, 'masked' | 'textLength'> & { readonly text: string } {
  const { text: masked, masks } = maskPersonalData(text);
  return { text: cut(masked, LONGEST_TEXT), textLength: text.length, masked: masks.length };
}

/** Position 0 is the item's own. */
export function shownContext(context: readonly ContextText[]): LeasedTask['context'] {
  const before = context.filter(({ isBefore }) => isBefore).length;
  return context.map(({ isSameAuthor, submittedAt, text }, index) => ({
    position: index < before ? index - before : index - before + 1,
    text: cut(maskPersonalData(text.slice(0, LONGEST_TEXT)).text, LONGEST_CONTEXT),
    isSameAuthor,
    submittedAt,
  }));
}

function cut(text: string, length: number): string {
  const short = text.slice(0, length);
  // Half of a surrogate pair is no text.
  return short.isWellFormed() || !text.isWellFormed() ? short : short.slice(0, -1);
}
