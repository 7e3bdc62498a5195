import type { ContentReported, LabelRequested, SamplingClosed } from '#platform/contracts';
import { hashFields } from '#policy';
import type { LabelItem } from '../resolution/label-item.js';

/** Id of the task that a cause opens: the same however often the cause is delivered. */
export function taskIdOf(origin: LabelRequested['origin'], causeId: string): string {
  return hashFields('task', origin, causeId);
}

/** The task of a draw or a train-only pick of a closed window. */
export function taskOfDraw(closed: SamplingClosed, requestedAt: number): LabelRequested {
  const { drawId, origin, platform, contentId, revision, channel, windowFrom, windowTo } = closed;
  const { probability, value, team, kind, language, duplicateKey, conversationHash } = closed;
  return {
    taskId: taskIdOf(origin, drawId),
    origin,
    causeId: drawId,
    platform,
    contentId,
    revision,
    queue: 'STANDARD',
    channel,
    verdictId: null,
    windowFrom,
    windowTo,
    probability,
    value,
    team,
    kind,
    language,
    duplicateKey,
    conversationHash,
    requestedAt,
  };
}

/** The task of a report or an appeal; null for suggested scores, which nobody is asked about. */
export function taskOfReport(reported: ContentReported, requestedAt: number): LabelRequested | null {
  const { kind, reportId, platform, contentId, revision, channel, verdictId } = reported;
  if (kind === 'SUGGESTION') return null;
  const origin = kind === 'APPEAL' ? 'APPEALED' : 'REPORTED';
  return {
    ...unknownTask,
    taskId: taskIdOf(origin, reportId),
    origin,
    causeId: reportId,
    platform,
    contentId,
    revision,
    queue: kind === 'APPEAL' ? 'EXPERT' : 'STANDARD',
    channel,
    verdictId,
    requestedAt,
  };
}

/** An audited item, for an expert. */
export function taskOfAudit({ platform, contentId, revision }: LabelItem, requestedAt: number): LabelRequested {
  const causeId = hashFields('audit', platform, contentId, revision);
  return {
    ...unknownTask,
    taskId: taskIdOf('OTHER', causeId),
    origin: 'OTHER',
    causeId,
    platform,
    contentId,
    revision,
    queue: 'EXPERT',
    requestedAt,
  };
}

/** Of what was not drawn, whose text nobody has looked at: who reads it sees. */
const unknownTask = {
  channel: null,
  verdictId: null,
  windowFrom: null,
  windowTo: null,
  probability: null,
  value: null,
  team: null,
  kind: 'OTHER',
  language: 'und',
  duplicateKey: null,
  conversationHash: null,
} as const;
