import type { LabelRequested, LeasedTask, LeaseRequest } from '#platform/contracts';
import type { Handout } from './label-state.js';
import type { AppealedVerdict, SealedLease } from './lease.js';
import { primaryLanguage } from './task-queues.js';
import {
  isTextGone,
  probableCategories,
  shownContext,
  shownText,
  type ContextText,
  type StoredContent,
  type StoredVerdict,
} from './task-reader.js';

/** What is to be done with an item that was picked, once its text is read. */
export type Suitability =
  | { readonly kind: 'show' }
  /** Not in the warehouse yet. */
  | { readonly kind: 'later' }
  /** There is no text of it any more. */
  | { readonly kind: 'gone' }
  /** This person does not read what it turned out to be in. */
  | { readonly kind: 'foreign'; readonly language: string }
  /** It probably belongs to categories of which one is avoided. */
  | { readonly kind: 'avoided'; readonly categories: readonly string[] };

/** The warehouse shows a content within seconds; a day later it will not. */
const PATIENCE_MS = 86_400_000;

export function suitabilityOf(
  request: Pick<LeaseRequest, 'languages' | 'avoid'>,
  { lease, task, why }: Pick<Handout, 'lease' | 'task' | 'why'>,
  content: StoredContent | null,
  now: number,
): Suitability {
  // What is appealed can be decided without its text.
  if (why === 'APPEAL') return { kind: 'show' };
  if (content === null) {
    return task !== null && now - task.requestedAt < PATIENCE_MS ? { kind: 'later' } : { kind: 'gone' };
  }
  if (isTextGone(content)) return { kind: 'gone' };
  const language = content.language ?? 'und';
  if (isLanguageOpen(task) && !reads(request, language)) return { kind: 'foreign', language };
  if (request.avoid.length > 0 && lease.purpose === 'FRESH') {
    const categories = probableCategories(content.probabilities);
    if (categories.some((category) => request.avoid.includes(category))) return { kind: 'avoided', categories };
  }
  return { kind: 'show' };
}

/** Reports name no language, and of gold and repeats the task is closed. */
function isLanguageOpen(task: LabelRequested | null): boolean {
  return task === null || task.language === 'und';
}

function reads({ languages }: Pick<LeaseRequest, 'languages'>, language: string): boolean {
  const primary = primaryLanguage(language);
  return primary === 'und' || languages.length === 0 || languages.some((own) => primaryLanguage(own) === primary);
}

export interface Sight {
  readonly content: StoredContent | null;
  readonly context: readonly ContextText[];
  readonly appealed: { readonly verdict: StoredVerdict; readonly reason: string | null } | null;
}

/** What the lease carries of what was shown. */
export function sealedLease({ lease }: Pick<Handout, 'lease'>, { content, appealed }: Sight): SealedLease {
  return {
    ...lease,
    textHash: content?.textHash ?? null,
    verdict: appealed === null ? null : verdictOf(appealed.verdict),
  };
}

function verdictOf({ verdictId, channel, action, textHash, partition }: StoredVerdict): AppealedVerdict {
  return { verdictId, channel, action, textHash, partition };
}

/** What a person sees: masked, without a score, and without what others said unless an expert settles it. */
export function leasedTask(
  { lease, why, task, questions, votes }: Handout,
  { content, context, appealed }: Sight,
  word: string,
): LeasedTask {
  const { leaseId, expiresAt, taskId, queue, platform } = lease;
  const shown =
    content === null || isTextGone(content) ? { text: null, textLength: 0, masked: 0 } : shownText(content.text);
  return {
    ...{ lease: word, leaseId, expiresAt, taskId, queue, why, platform },
    kind: content?.kind ?? 'OTHER',
    language: content?.language ?? task?.language ?? 'und',
    ...shown,
    context: shownContext(context),
    questions: questions.map(({ key, wording, help, under, examples }) => ({
      ...{ key, wording, help, under },
      examples: examples.map((example) => ({ ...example })),
    })),
    votes: votes === null ? null : { ...votes },
    verdict:
      appealed === null
        ? null
        : {
            verdictId: appealed.verdict.verdictId,
            channel: appealed.verdict.channel,
            action: appealed.verdict.action,
            flagged: [...appealed.verdict.flagged],
            appeal: appealed.reason === null ? null : shownText(appealed.reason).text,
          },
  };
}

/** The verdict that an appeal is about: the one that it names, or the one that holds. */
export function appealedVerdict(
  { verdictId, channel }: Pick<LabelRequested, 'verdictId' | 'channel'>,
  verdicts: readonly StoredVerdict[],
): StoredVerdict | null {
  return (
    verdicts.find((verdict) => verdict.verdictId === verdictId) ??
    verdicts.find((verdict) => verdict.isCurrent && (channel === null || verdict.channel === channel)) ??
    null
  );
}
