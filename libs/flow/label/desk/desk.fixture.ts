import type { AnswerRequest, LabelRequested, LeaseRequest, PolicyPublished } from '#platform/contracts';
import { labelSalts } from '../quality/quality-draws.js';
import type { StoredContent, TaskWarehouse } from './task-reader.js';

export const SECRET = Buffer.from('the secret of a test installation');
export const salts = labelSalts(SECRET);
export const LEASE_MS = 60_000;
export const WINDOW_MS = 86_400_000;

/** Two questions, of which the second is a sub-level of the first, and one of its own. */
export function policyOf(version = 1, more = ''): PolicyPublished {
  return {
    policyId: 'house',
    version,
    title: 'House rules',
    owner: 'trust@example.org',
    changelog: 'A change.',
    categories: ['HR', 'V'],
    channels: {},
    document: `
id: house
version: ${version}
title: House rules
owner: trust@example.org
changelog: A change.
categories: [HR, V]
questions:
  - { id: attack, version: 1, wording: Is it an attack? }
  - { id: group, version: 1, under: attack, wording: Is it aimed at a group? }
  - { id: threat, version: 1, wording: Is it a threat? }
${more}rules:
  HR: { when: [attack] }
  V: { when: [threat] }
channels: {}
`,
    documentHash: '',
    publishedAt: 0,
  };
}

export function taskOf(n: number | string, overrides: Partial<LabelRequested> = {}): LabelRequested {
  return {
    taskId: `task-${n}`,
    origin: 'DRAWN',
    causeId: `draw-${n}`,
    platform: 'forum',
    contentId: `post-${n}`,
    revision: 1,
    queue: 'STANDARD',
    channel: 'public',
    verdictId: null,
    windowFrom: 0,
    windowTo: 3_600_000,
    probability: 0.1,
    value: null,
    team: null,
    kind: 'POST',
    language: 'en',
    duplicateKey: null,
    conversationHash: null,
    requestedAt: 3_600_000,
    ...overrides,
  };
}

export function leaseRequest(labelerId: string, overrides: Partial<LeaseRequest> = {}): LeaseRequest {
  return {
    labelerId,
    role: 'REVIEWER',
    teams: [],
    languages: [],
    group: null,
    queue: 'STANDARD',
    avoid: [],
    holding: [],
    ...overrides,
  };
}

export function answerRequest(lease: string, overrides: Partial<AnswerRequest> = {}): AnswerRequest {
  return {
    lease,
    attempt: 0,
    outcome: 'ANSWERED',
    answers: { 'attack@1': 'NO', 'threat@1': 'NO' },
    reason: null,
    action: null,
    durationMs: 1200,
    ...overrides,
  };
}

export function contentOf(contentId: string, overrides: Partial<StoredContent> = {}): StoredContent {
  return {
    platform: 'forum',
    contentId,
    revision: 1,
    kind: 'POST',
    text: `the text of ${contentId}, by somebody@example.org`,
    textHash: '0'.repeat(32),
    submittedAt: 0,
    language: 'en',
    authorHash: null,
    conversationHash: null,
    probabilities: {},
    ...overrides,
  };
}

/** Has a text of every item, unless told otherwise. */
export function warehouseOf(overrides: Partial<TaskWarehouse> = {}): TaskWarehouse {
  return {
    contents: (items) => Promise.resolve(items.map(({ contentId }) => contentOf(contentId))),
    context: () => Promise.resolve([]),
    verdictsOf: () => Promise.resolve([]),
    verdict: () => Promise.resolve(null),
    appeal: () => Promise.resolve(null),
    ...overrides,
  };
}
