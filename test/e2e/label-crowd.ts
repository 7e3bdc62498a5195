import type { Answer, LabelSubmitted, LeasedTask } from '#platform/contracts';
import { Refusal, type LabelClient } from '../harness/label-client.js';

/** An answer that the role has acknowledged, as its author remembers it. */
export type Acknowledged = Pick<
  LabelSubmitted,
  'submissionId' | 'leaseId' | 'taskId' | 'contentId' | 'labelerId' | 'answers' | 'durationMs'
>;

/** When it began, by `performance.now()`, and how long it took. */
export interface Call {
  readonly began: number;
  readonly ms: number;
}

export interface Crowd {
  readonly acknowledged: readonly Acknowledged[];
  /** Calls that were answered at the first try. */
  readonly leases: readonly Call[];
  readonly answers: readonly Call[];
  /** Calls that were made again because nobody answered, or nobody was active. */
  readonly retries: number;
  /** Works until there is nothing left or `stop` is called. */
  work(labelerId: string): Promise<void>;
  stop(): void;
}

const EMPTY_MS = 50;
const RETRY_MS = 250;
const THOUGHTS_BEFORE = 5;
/** So many times in a row without work: there is none. */
const MOST_EMPTY = 20;

/**
 * People who answer by the truth that a text tells. Each text begins with its contentId, and each answer carries a duration of its own,
 * so that an answer under the wrong item or person would be seen.
 * @param options.thinkMs how long somebody thinks about an item
 */
export function createCrowd(options: {
  readonly desk: LabelClient;
  readonly answersOf: (task: LeasedTask) => Record<string, Answer>;
  readonly thinkMs: () => number;
}): Crowd {
  const { desk, answersOf, thinkMs } = options;
  const acknowledged: Acknowledged[] = [];
  const leases: Call[] = [];
  const answered: Call[] = [];
  let isOver = false;
  let nonce = 1000;
  let retries = 0;

  async function patiently<T>(call: () => Promise<T>, calls: Call[]): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const began = performance.now();
      try {
        const answer = await call();
        if (attempt === 0) calls.push({ began, ms: performance.now() - began });
        return answer;
      } catch (error) {
        if (error instanceof Refusal && error.status !== 503) throw error;
        retries++;
        await pause(RETRY_MS);
      }
    }
  }

  return {
    acknowledged,
    leases,
    answers: answered,
    get retries() {
      return retries;
    },
    stop: () => {
      isOver = true;
    },
    work: async (labelerId) => {
      // Nobody begins in the same millisecond as forty-nine others.
      await pause(THOUGHTS_BEFORE * thinkMs());
      for (let empty = 0; empty < MOST_EMPTY && !isOver;) {
        const leased = await patiently(() => desk.lease({ labelerId }), leases);
        if (leased.kind !== 'task') {
          empty++;
          await pause(EMPTY_MS);
          continue;
        }
        empty = 0;
        const { lease, leaseId, taskId, text } = leased.task;
        const answers = answersOf(leased.task);
        const durationMs = nonce++;
        const contentId = text?.split(' ')[0] ?? '';
        await pause(thinkMs());
        try {
          const { submissionId } = await patiently(() => desk.answer({ lease, answers, durationMs }), answered);
          acknowledged.push({ submissionId, leaseId, taskId, contentId, labelerId, answers, durationMs });
        } catch (error) {
          // Given once more to the same person after a restart, and answered under the other lease.
          if (!(error instanceof Refusal) || error.code !== 'lease_unknown') throw error;
        }
      }
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What is wrong between what people were told and what the journal holds, one line each. */
export function judgeCrowd(
  acknowledged: readonly Acknowledged[],
  journal: readonly LabelSubmitted[],
): readonly string[] {
  const findings: string[] = [];
  const byId = new Map<string, LabelSubmitted>();
  for (const submission of journal) {
    const known = byId.get(submission.submissionId);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(submission)) {
      findings.push(`two answers under one id: ${submission.submissionId}`);
    }
    byId.set(submission.submissionId, submission);
  }
  const told = new Set<string>();
  for (const said of acknowledged) {
    const kept = byId.get(said.submissionId);
    if (told.has(said.submissionId)) findings.push(`acknowledged twice: ${said.submissionId}`);
    told.add(said.submissionId);
    if (kept === undefined) findings.push(`lost: ${said.submissionId}`);
    else if (JSON.stringify({ ...kept, ...said }) !== JSON.stringify(kept)) {
      findings.push(`crossed: ${said.submissionId} is of ${kept.labelerId} about ${kept.contentId}`);
    }
  }
  const leases = new Map<string, string>();
  for (const { purpose, labelerId, contentId, leaseId } of byId.values()) {
    if (purpose !== 'FRESH') continue;
    const pair = `${labelerId} ${contentId}`;
    const other = leases.get(pair);
    if (other !== undefined && other !== leaseId) findings.push(`doubled: ${pair}`);
    leases.set(pair, leaseId);
  }
  return findings;
}
