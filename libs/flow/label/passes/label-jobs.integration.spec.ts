import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import { revisionKey, type LabelRequested, type LabelResolved, type PolicyPublished } from '#platform/contracts';
import { runJob } from '#platform/jobs';
import { startStack, type RunningStack } from '#platform/stack';
import type { Emission } from '#platform/stream';
import { hashFields } from '#policy';
import { inOverlap, labelSalts } from '../quality/quality-draws.js';
import { resolveVotes } from '../resolution/resolve-votes.js';
import type { Vote } from '../resolution/vote.js';
import { simulateVotes } from '../resolution/votes.fixture.js';
import { labelJobs } from './label-jobs.job.js';
import { readSkills } from './read-skills.job.js';

const DAY = 86_400_000;
/** 2026-11-23. */
const MIDNIGHT = Date.UTC(2026, 10, 23);
const salts = labelSalts(Buffer.from('secret of a test'));

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;
let databases = 0;
let offset = 0;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-label-jobs-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** One for each group of tests that plants something else. */
async function openDatabase(): Promise<void> {
  clickhouse = createClickHouse({
    url: stack.clickhouseUrl,
    user: 'default',
    password: '',
    database: `labels_${++databases}`,
  });
  await migrate(clickhouse);
  offset = 0;
}

async function insert(table: string, rows: readonly object[]): Promise<void> {
  const query = encodeURIComponent(`INSERT INTO ${table} FORMAT JSONEachRow`);
  const answer = await fetch(`${stack.clickhouseUrl}/?database=${clickhouse.database}&query=${query}`, {
    method: 'POST',
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function select<T = Record<string, unknown>>(sql: string): Promise<readonly T[]> {
  const url = `${stack.clickhouseUrl}/?database=${clickhouse.database}&output_format_json_quote_64bit_integers=0`;
  const answer = await fetch(url, { method: 'POST', body: `${sql} FORMAT JSONEachRow` });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Sixteen bytes that are text, where a hash would be. */
const id = (...parts: readonly (string | number)[]): string => hashFields(...parts).slice(0, 16);

/** As ClickHouse reads a time. */
function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}

interface Said {
  readonly item: string;
  readonly labeler: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly lease?: string;
  readonly attempt?: number;
  readonly role?: 'REVIEWER' | 'EXPERT';
  readonly purpose?: 'FRESH' | 'GOLD' | 'REPEAT';
  readonly outcome?: 'ANSWERED' | 'SKIPPED';
  readonly origin?: string;
  readonly policies?: readonly string[];
  readonly milliseconds?: number;
}

/** As the warehouse writes label.submitted, in this order. */
async function submit(said: readonly Said[]): Promise<void> {
  await insert(
    'label_submitted',
    said.map((one) => {
      const { item, labeler, answers, attempt = 0, origin = 'IMPORTED', policies = ['house@1'] } = one;
      const lease = one.lease ?? `${item} ${labeler} ${one.purpose ?? 'FRESH'}`;
      return {
        submission_id: id(lease, attempt),
        lease_id: id(lease),
        attempt,
        task_id: id('task', item),
        origin,
        platform: 'forum',
        content_id: item,
        revision: 1,
        labeler_id: labeler,
        labeler_role: one.role ?? 'REVIEWER',
        purpose: one.purpose ?? 'FRESH',
        outcome: one.outcome ?? 'ANSWERED',
        answers,
        policies,
        duration_ms: one.milliseconds ?? null,
        submitted_at: timeOf(MIDNIGHT + offset),
        record_offset: offset++,
      };
    }),
  );
}

/** As the warehouse writes what a job said. */
async function keep(emissions: readonly Emission[]): Promise<void> {
  await insert(
    'label_resolved',
    emissions.map(({ value }) => {
      const event = value as LabelResolved;
      return {
        resolved_id: id(event.resolvedId),
        kind: event.kind,
        platform: event.platform,
        content_id: event.contentId,
        revision: event.revision,
        facts: Object.fromEntries(
          Object.entries(event.facts).map(([question, { isExpert, isTrainable, ...fact }]) => [
            question,
            { ...fact, is_expert: isExpert, is_trainable: isTrainable },
          ]),
        ),
        rule: event.rule,
        pass_id: event.passId,
        from_resolved_id: event.fromResolvedId === null ? null : id(event.fromResolvedId),
        policy_id: event.policyId,
        policy_version: event.policyVersion,
        categories: Object.fromEntries(
          Object.entries(event.categories).map(([category, { decidedBy, ...label }]) => [
            category,
            { ...label, decided_by: decidedBy },
          ]),
        ),
        is_settled: event.isSettled,
        resolved_at: timeOf(event.resolvedAt),
        record_offset: offset++,
      };
    }),
  );
}

const house: PolicyPublished = {
  policyId: 'house',
  version: 1,
  title: '',
  owner: '',
  changelog: '',
  categories: ['HR', 'V'],
  channels: {},
  document: `
id: house
version: 1
title: House rules
owner: trust@example.org
changelog: first
categories: [HR, V]
questions:
  - { id: attack, version: 1, wording: Is it an attack? }
  - { id: threat, version: 1, wording: Is it a threat? }
  - { id: graphic, version: 1, wording: Does it go into detail?, under: threat }
rules:
  HR: { when: [attack] }
  V: { when: [graphic, threat and attack] }
channels: {}
`,
  documentHash: '',
  publishedAt: 0,
};

const WINDOW = { from: MIDNIGHT, to: MIDNIGHT + DAY };

/** Runs a job of the label role once, and what it says comes into the warehouse. */
async function run(
  name: 'label-resolve' | 'label-quality',
  runAt = WINDOW.to + 60_000,
  auditTasks = 0,
): Promise<readonly Emission[]> {
  const said: Emission[] = [];
  const jobs = labelJobs({
    write: (emissions) => {
      said.push(...emissions);
      return Promise.resolve();
    },
    policies: () => [house],
    salts,
    channel: 'public',
    auditTasks,
  });
  const job = jobs.find((one) => one.name === name);
  if (job === undefined) throw new Error(name);
  await runJob(job, WINDOW, clickhouse, runAt);
  const resolved = said.filter(({ topic }) => topic === 'label.resolved');
  if (resolved.length > 0) await keep(resolved);
  return said;
}

const tasksOf = (emissions: readonly Emission[]): readonly LabelRequested[] =>
  emissions.filter(({ topic }) => topic === 'label.requested').map(({ value }) => value as LabelRequested);

const resolvedOnly = (emissions: readonly Emission[]): readonly LabelResolved[] =>
  emissions.map(({ value }) => value as LabelResolved).filter(({ kind }) => kind === 'RESOLVED');

describe('views of labels', () => {
  beforeAll(openDatabase, 30_000);
  afterAll(() => clickhouse.close());

  it('show the highest attempt of a lease, and which answers count', async () => {
    await submit([
      { item: 'a', labeler: 'u-1', answers: { 'attack@1': 'YES' }, lease: 'one' },
      { item: 'a', labeler: 'u-1', answers: { 'attack@1': 'NO' }, lease: 'one', attempt: 2 },
      { item: 'a', labeler: 'u-1', answers: { 'attack@1': 'UNSURE' }, lease: 'one', attempt: 1 },
      { item: 'a', labeler: 'u-1', answers: { 'attack@1': 'YES' }, purpose: 'REPEAT' },
      { item: 'a', labeler: 'u-2', answers: {}, outcome: 'SKIPPED' },
      { item: 'b', labeler: 'u-2', answers: { 'attack@1': 'YES' }, lease: 'two' },
      { item: 'b', labeler: 'u-2', answers: {}, lease: 'two', attempt: 1, outcome: 'SKIPPED' },
      { item: 'a', labeler: 'u-3', answers: { 'attack@1': 'YES' }, role: 'EXPERT' },
    ]);
    expect(
      await select(
        'SELECT content_id, labeler_id, question, question_version, answer, counts FROM label_votes ORDER BY record_offset',
      ),
    ).toEqual([
      {
        ...{ content_id: 'a', labeler_id: 'u-1', question: 'attack', question_version: 1 },
        answer: 'NO',
        counts: true,
      },
      {
        ...{ content_id: 'a', labeler_id: 'u-1', question: 'attack', question_version: 1 },
        answer: 'YES',
        counts: false,
      },
      {
        ...{ content_id: 'a', labeler_id: 'u-3', question: 'attack', question_version: 1 },
        answer: 'YES',
        counts: true,
      },
    ]);
    expect(
      await select('SELECT outcome, count() AS leases FROM label_submissions GROUP BY outcome ORDER BY outcome'),
    ).toEqual([
      { outcome: 'ANSWERED', leases: 3 },
      { outcome: 'SKIPPED', leases: 2 },
    ]);
  });

  it('explain every column', async () => {
    const views = ['labels', 'label_facts', 'label_votes', 'label_submissions', 'labeler_quality', 'label_agreement'];
    views.push('label_disagreement', 'label_errors', 'label_error_audit', 'labeler_audit');
    for (const view of views) {
      const columns = await select<{ name: string; comment: string }>(
        `SELECT name, comment FROM system.columns WHERE database = '${clickhouse.database}' AND table = '${view}'`,
      );
      expect(columns.length).toBeGreaterThan(5);
      expect(columns.filter(({ comment }) => comment === '')).toEqual([]);
      await select(`SELECT * FROM ${view}`);
    }
  });
});

describe('label-resolve', () => {
  beforeAll(openDatabase, 30_000);
  afterAll(() => clickhouse.close());
  beforeEach(async () => {
    for (const table of ['label_submitted', 'label_resolved', 'label_skills', 'job_runs']) {
      await clickhouse.command('empty', `TRUNCATE TABLE ${table}`);
    }
    offset = 0;
  });

  const simulated = simulateVotes({
    ...{ seed: 7, items: 400, labelers: 25, prevalence: 0.2, lazyShare: 0, lazyYes: 0 },
    ...{ sensitivity: 0.85, specificity: 0.97 },
  });
  const asSaid = (votes: readonly Vote[]): readonly Said[] =>
    votes.map(({ item, labeler, answer }) => ({ item, labeler, answers: { 'attack@1': answer } }));

  it('resolves what the pure pass resolves, derives the policies in force, and says it once', async () => {
    await submit(asSaid(simulated.votes));
    const said = await run('label-resolve');
    const exact = resolveVotes(simulated.votes);
    const resolved = resolvedOnly(said);
    expect(resolved).toHaveLength(400);
    for (const { contentId, facts, passId } of resolved) {
      expect(facts['attack@1']?.probability).toBeCloseTo(exact.probabilities.get(contentId) ?? Number.NaN, 12);
      expect(passId).toBe('pass-2026-11-24');
    }
    expect(said).toHaveLength(800);
    expect(said.every(({ key, value }) => key === revisionKey(value as LabelResolved))).toBe(true);
    const skills = (await readSkills(clickhouse)).get('attack@1');
    expect(skills?.parameters.prevalence).toBeCloseTo(exact.parameters.prevalence, 12);
    expect(skills?.parameters.labelers.size).toBe(25);
    expect(skills?.isTrainable).toBe(true);
    const [counts] = await select("SELECT count() AS labels, countIf(label = 'YES') AS yes FROM labels");
    const yes = [...exact.probabilities.values()].filter((q) => q >= 0.8).length;
    // An attack decides HR, and V only where there is none.
    expect(counts).toEqual({ labels: 800, yes });
    expect(await run('label-resolve', WINDOW.to + 90_000)).toEqual([]);
  });

  it('says again only what moved by more than .01, with everything that is known of the item', async () => {
    await submit(asSaid(simulated.votes));
    await run('label-resolve');
    await submit([
      { item: 'item-3', labeler: 'labeler-30', answers: { 'attack@1': 'YES', 'threat@1': 'NO' } },
      { item: 'item-3', labeler: 'labeler-31', answers: { 'attack@1': 'YES', 'threat@1': 'NO' } },
    ]);
    const before = await select<{ content_id: string; probability: number; fact: string }>(
      "SELECT content_id, probability, fact FROM label_facts WHERE question_key = 'attack@1'",
    );
    const said = resolvedOnly(await run('label-resolve', WINDOW.to + 90_000));
    const changed = said.find(({ contentId }) => contentId === 'item-3');
    expect(Object.keys(changed?.facts ?? {}).sort()).toEqual(['attack@1', 'graphic@1', 'threat@1']);
    const known = new Map(before.map((row) => [row.content_id, row]));
    for (const { contentId, facts } of said.filter((event) => event !== changed)) {
      const [was, is] = [known.get(contentId), facts['attack@1']];
      const hasMoved = Math.abs((is?.probability ?? 0) - (was?.probability ?? 0)) > 0.01;
      expect(hasMoved || is?.fact !== was?.fact).toBe(true);
    }
    expect(said.length).toBeLessThan(100);
  });

  it('takes experts as gold, counts a sub-level as no below a no, and leaves unsure experts unknown', async () => {
    const two = (item: string, answers: Readonly<Record<string, string>>): readonly Said[] =>
      ['u-1', 'u-2'].map((labeler) => ({ item, labeler, answers }));
    await submit([
      ...two('a', { 'attack@1': 'NO', 'threat@1': 'NO' }),
      ...two('b', { 'attack@1': 'YES', 'threat@1': 'YES', 'graphic@1': 'NO' }),
      { item: 'a', labeler: 'u-9', answers: { 'attack@1': 'NO' }, role: 'EXPERT' },
      { item: 'a', labeler: 'u-9', answers: { 'attack@1': 'YES' }, role: 'EXPERT', lease: 'later' },
      { item: 'b', labeler: 'u-9', answers: { 'attack@1': 'UNSURE' }, role: 'EXPERT' },
      { item: 'c', labeler: 'u-1', answers: { 'threat@1': 'NO' }, policies: [] },
    ]);
    const said = new Map(resolvedOnly(await run('label-resolve')).map((event) => [event.contentId, event]));
    expect(said.get('a')?.facts['attack@1']).toEqual({
      ...{ fact: 'YES', probability: 1, votes: 4, unsure: 0, isExpert: true, isTrainable: true },
    });
    expect(said.get('a')?.facts['graphic@1']).toMatchObject({ votes: 2, isExpert: false });
    expect(said.get('b')?.facts['attack@1']).toMatchObject({ fact: 'UNKNOWN', votes: 2, unsure: 1, isExpert: true });
    // Nobody asked under a policy that has the sub-level.
    expect(Object.keys(said.get('c')?.facts ?? {})).toEqual(['threat@1']);
  });

  it('leaves an item alone that somebody answered while it ran', async () => {
    await submit(asSaid(simulated.votes));
    const meanwhile: ClickHouse = {
      ...clickhouse,
      query: async (name, parameters) => {
        if (name === 'label-items-since') {
          await submit([{ item: 'item-5', labeler: 'labeler-77', answers: { 'attack@1': 'YES' } }]);
        }
        return clickhouse.query(name, parameters);
      },
    };
    const said: Emission[] = [];
    const [job] = labelJobs({
      write: (emissions) => Promise.resolve(void said.push(...emissions)),
      policies: () => [house],
      salts,
      channel: 'public',
      auditTasks: 0,
    });
    await job?.run(WINDOW, { clickhouse: meanwhile, runAt: WINDOW.to });
    const items = resolvedOnly(said).map(({ contentId }) => contentId);
    expect(items).toHaveLength(399);
    expect(items).not.toContain('item-5');
  });

  it('says which facts must not train', async () => {
    const noise = Array.from({ length: 400 }, (_, i): readonly Vote[] =>
      ['a', 'b', 'c'].map((name, w) => ({
        item: `n${i}`,
        labeler: `${name}${(i * 7 + w * 3) % 40}`,
        answer: (i * 31 + w * 17) % 10 < 3 ? 'YES' : 'NO',
      })),
    ).flat();
    await submit(asSaid(noise));
    const said = resolvedOnly(await run('label-resolve'));
    expect(said.every(({ facts }) => facts['attack@1']?.isTrainable === false)).toBe(true);
    expect(await select('SELECT max(weight) AS weight FROM labels')).toEqual([{ weight: 0 }]);
  });
});

describe('label-quality', () => {
  beforeAll(async () => {
    await openDatabase();
    await plant();
    await run('label-resolve');
  }, 60_000);
  afterAll(() => clickhouse.close());

  const TEXTS = ['the harbour crane is loud tonight and never stops', 'you are a fool and everybody knows it'] as const;

  /** Two camps read "attack" differently on one kind of text; u-9 is the expert; u-hasty says no to everything at once. */
  async function plant(): Promise<void> {
    const said: Said[] = [];
    for (let i = 0; i < 60; i++) {
      const item = `i${i}`;
      const hostile = i % 2 === 1;
      const origin = 'DRAWN';
      for (const labeler of ['u-yes', 'u-no']) {
        const answer = hostile && (labeler === 'u-yes' || i % 4 === 3) ? 'YES' : 'NO';
        said.push({
          item,
          labeler,
          answers: { 'attack@1': answer, 'threat@1': 'NO' },
          origin,
          milliseconds: 5000 + 10 * i,
        });
      }
      said.push({
        item,
        labeler: 'u-hasty',
        answers: { 'attack@1': 'NO', 'threat@1': 'NO' },
        origin,
        milliseconds: 300,
      });
    }
    for (let i = 0; i < 30; i++) {
      const item = `gold${i}`;
      said.push({ item, labeler: 'u-9', answers: { 'attack@1': i % 2 === 0 ? 'YES' : 'NO' }, role: 'EXPERT' });
      said.push({ item, labeler: 'u-hasty', answers: { 'attack@1': 'NO' }, purpose: 'GOLD', milliseconds: 300 });
      said.push({ item, labeler: 'u-yes', answers: { 'attack@1': i % 2 === 0 ? 'YES' : 'NO' }, purpose: 'GOLD' });
    }
    said.push({ item: 'i1', labeler: 'u-yes', answers: { 'attack@1': 'NO', 'threat@1': 'NO' }, purpose: 'REPEAT' });
    await submit(said);
    await insert(
      'content_submitted',
      Array.from({ length: 60 }, (_, i) => ({
        platform: 'forum',
        content_id: `i${i}`,
        revision: 1,
        text_hash: id('text', i),
        text: `${TEXTS[i % 2] ?? ''} ${['monday', 'tuesday', 'friday', 'sunday'][i % 4] ?? ''} number ${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + ((i * 7) % 26))}`,
        day: '2026-11-23',
        record_offset: i,
      })),
    );
    await insert(
      'prediction_scored',
      Array.from({ length: 60 }, (_, i) => ({
        platform: 'forum',
        content_id: `i${i}`,
        revision: 1,
        // The model finds i0 hostile, which nobody did.
        assignments: [
          {
            channel: 'public',
            role: 'LIVE',
            mode: 'NORMAL',
            probabilities: { HR: i % 2 === 1 || i === 0 ? 0.95 : 0.02, V: 0.01 },
          },
        ],
        scored_at: timeOf(MIDNIGHT),
        record_offset: i,
      })),
    );
    await insert('deployment_bundled', [
      { deployment_id: 'd', channel: 'public', policy_id: 'house', policy_version: 1 },
    ]);
    await insert('deployment_changed', [{ channel: 'public', sequence: 1, live: 'd', changed_at: timeOf(MIDNIGHT) }]);
  }

  it('shows nothing before it ran', async () => {
    expect(await select('SELECT count() AS rows FROM labeler_quality')).toEqual([{ rows: 0 }]);
    await run('label-quality');
    expect(await select('SELECT count() AS rows FROM labeler_quality')).not.toEqual([{ rows: 0 }]);
  });

  it('measures agreement of questions, rules and categories on the overlap sample', async () => {
    const overlap = Array.from({ length: 60 }, (_, i) => `forum/i${i}/1`).filter((item) => inOverlap(item, salts));
    expect(overlap.length).toBeGreaterThan(0);
    const rows = await select<{ kind: string; subject: string; items: number; rule: string; alpha: number | null }>(
      'SELECT kind, subject, items, rule, alpha FROM label_agreement ORDER BY kind, subject',
    );
    expect(rows.map(({ kind, subject, items }) => [kind, subject, items])).toEqual([
      ['QUESTION', 'attack@1', overlap.length],
      ['QUESTION', 'graphic@1', overlap.length],
      ['QUESTION', 'threat@1', overlap.length],
      ['CLAUSE', 'house@1/HR/1', overlap.length],
      ['CLAUSE', 'house@1/V/1', overlap.length],
      ['CLAUSE', 'house@1/V/2', overlap.length],
      ['CATEGORY', 'house@1/HR', overlap.length],
      ['CATEGORY', 'house@1/V', overlap.length],
    ]);
    expect(rows.find(({ subject }) => subject === 'house@1/V/2')?.rule).toBe('threat and attack');
    const alphas = new Map(rows.map(({ subject, alpha }) => [subject, alpha]));
    // The rule is the question.
    expect(alphas.get('house@1/HR/1')).toBe(alphas.get('attack@1'));
    expect(alphas.get('threat@1')).toBeNull();
  });

  it('finds who cannot be believed, and why', async () => {
    const rows = await select(
      `SELECT labeler_id, answers, hits, misses, rejections, standing, is_hurried, always_no, repeats, consistency, round(median_ms) AS median_ms
      FROM labeler_quality WHERE question = '' AND labeler_id != 'u-9' ORDER BY labeler_id`,
    );
    expect(rows).toEqual([
      {
        ...{ labeler_id: 'u-hasty', answers: 90, hits: 0, misses: 15, rejections: 15, standing: 'STOP' },
        ...{ is_hurried: true, always_no: true, repeats: 0, consistency: null, median_ms: 300 },
      },
      {
        ...{ labeler_id: 'u-no', answers: 60, hits: 0, misses: 0, rejections: 0, standing: 'GOOD' },
        ...{ is_hurried: false, always_no: false, repeats: 0, consistency: null, median_ms: 5295 },
      },
      {
        ...{ labeler_id: 'u-yes', answers: 90, hits: 15, misses: 0, rejections: 15, standing: 'GOOD' },
        ...{ is_hurried: false, always_no: false, repeats: 2, consistency: 0.5, median_ms: 5295 },
      },
    ]);
    const [fitted] = await select<{ fitted_sensitivity: number; sensitivity_low: number }>(
      "SELECT fitted_sensitivity, sensitivity_low FROM labeler_quality WHERE labeler_id = 'u-yes' AND question = 'attack@1'",
    );
    expect(fitted?.fitted_sensitivity).toBeGreaterThan(0.5);
  });

  it('shows where a question is read two ways, one of each group of near-copies', async () => {
    const [cluster] = await select<{ summary: string; examples: number; items: readonly unknown[]; no_camp: string[] }>(
      'SELECT summary, examples, items, yes_camp, no_camp FROM label_disagreement',
    );
    expect(cluster?.summary).toMatch(/^question attack@1 is read two ways, \d+ examples$/);
    expect(cluster?.items).toHaveLength(cluster?.examples ?? -1);
    expect(cluster?.no_camp).toContain('u-hasty');
  });

  it('draws ten and ten for every person and category, and holds them against the expert', async () => {
    const drawn = await select<{ labeler_id: string; labelled: boolean; items: number }>(
      "SELECT labeler_id, labelled, count() AS items FROM labeler_audit WHERE category = 'HR' GROUP BY labeler_id, labelled ORDER BY labeler_id, labelled",
    );
    expect(drawn).toEqual([
      { labeler_id: 'u-hasty', labelled: false, items: 10 },
      { labeler_id: 'u-no', labelled: false, items: 10 },
      { labeler_id: 'u-no', labelled: true, items: 10 },
      { labeler_id: 'u-yes', labelled: false, items: 1 },
      // Ten of theirs, and nine that the model finds as well.
      { labeler_id: 'u-yes', labelled: true, items: 19 },
    ]);
    const items = await select<{ content_id: string }>(
      "SELECT DISTINCT content_id FROM labeler_audit WHERE category = 'HR'",
    );
    // Experts are asked about some of them, the same ones until they answer.
    const first = tasksOf(await run('label-quality', WINDOW.to + 70_000, 5));
    expect(first).toHaveLength(5);
    expect(first).toEqual(tasksOf(await run('label-quality', WINDOW.to + 75_000, 5)));
    for (const task of first) {
      expect(task).toMatchObject({ origin: 'OTHER', queue: 'EXPERT', probability: null });
      // When the first run drew it, whichever it was.
      expect(task.requestedAt).toBeLessThan(WINDOW.to + 70_000);
    }
    const all = tasksOf(await run('label-quality', WINDOW.to + 77_000, 1000));
    expect(all.slice(0, 5)).toEqual(first);
    expect(all.map(({ contentId }) => contentId)).toEqual(expect.arrayContaining(items.map((row) => row.content_id)));
    await submit(
      items.map(({ content_id }) => ({
        item: content_id,
        labeler: 'u-9',
        answers: { 'attack@1': Number(content_id.slice(1)) % 2 === 1 ? 'YES' : 'NO', 'threat@1': 'NO' },
        role: 'EXPERT',
      })),
    );
    expect(tasksOf(await run('label-quality', WINDOW.to + 80_000, 1000))).toEqual([]);
    const judged = await select<{ labeler_id: string; audit_f1: number | null }>(
      "SELECT labeler_id, audit_f1 FROM labeler_quality WHERE question = '' ORDER BY labeler_id",
    );
    expect(judged).toEqual([
      { labeler_id: 'u-hasty', audit_f1: 0 },
      { labeler_id: 'u-no', audit_f1: expect.any(Number) as number },
      { labeler_id: 'u-yes', audit_f1: expect.any(Number) as number },
    ]);
    expect(judged[2]?.audit_f1).toBeGreaterThan(judged[1]?.audit_f1 ?? 1);
  });

  it('suspects labels that the model contradicts, and says what the audit of them means', async () => {
    const suspected = await select<{ content_id: string; audit: string; flags: readonly { kind: string }[] }>(
      'SELECT content_id, flags, audit FROM label_errors ORDER BY score',
    );
    expect(suspected.map(({ content_id }) => content_id)).toContain('i0');
    // An expert looks at all of them: people were right about every one but i0.
    await submit(
      suspected.map(({ content_id, flags }) => ({
        item: content_id,
        labeler: 'u-9',
        lease: `second look ${content_id}`,
        answers: { 'attack@1': (flags[0]?.kind === 'MISS') === (content_id === 'i0') ? 'YES' : 'NO', 'threat@1': 'NO' },
        role: 'EXPERT',
      })),
    );
    await run('label-resolve', WINDOW.to + 70_000);
    await run('label-quality', WINDOW.to + 80_000);
    const [audit] = await select<{ flagged: number; audited: number; wrong: number; decision: string }>(
      'SELECT flagged, audited, wrong, decision FROM label_error_audit',
    );
    expect(audit).toEqual({
      flagged: suspected.length,
      audited: suspected.length,
      wrong: 1,
      decision: suspected.length > 3 ? 'REVIEW_QUEUE' : 'RELABEL_ALL',
    });
  });

  it('asks an expert once about a group that a data set found labelled both ways, and nobody about imported rows', async () => {
    const report = {
      relabel: [
        { group: 'forum/n1/1', category: 'HR', yes: ['forum/n1/1', 'forum/a/b/1'], no: ['forum/n2/1'] },
        { group: 'file/1/1', category: 'HR', yes: ['file/1/1'], no: ['file/2/1'] },
      ],
    };
    const solved = { relabel: [{ group: 'forum/n3/1', category: 'V', yes: ['forum/n3/1'], no: ['forum/n1/1'] }] };
    const built = { name: 'house', kind: 'BUILT', policy_id: 'house', policy_version: 1 };
    await insert('dataset_published', [
      { ...built, dataset_id: 'ds-1', published_at: timeOf(MIDNIGHT + 1) },
      { ...built, dataset_id: 'ds-2', published_at: timeOf(MIDNIGHT + 2) },
      { ...built, dataset_id: 'ds-3', published_at: timeOf(MIDNIGHT + 3) },
    ]);
    await insert('dataset_stored_reports', [
      { dataset_id: 'ds-1', report: JSON.stringify(solved) },
      { dataset_id: 'ds-2', report: JSON.stringify(report) },
      { dataset_id: 'ds-3', report: JSON.stringify(report) },
    ]);
    await insert(
      'dataset_labels',
      ['n1', 'n2', 'n3', 'a/b'].map((contentId, at) => ({
        ...{ record_offset: 1_000_000 + at, kind: 'DERIVED', platform: 'forum', content_id: contentId, revision: 1 },
      })),
    );
    const asked = async (at: number) =>
      tasksOf(await run('label-quality', WINDOW.to + at, 1000)).filter(({ contentId }) => /^(n|a|\d)/.test(contentId));
    const first = await asked(90_000);
    // One says no and two say yes; it waits since the first data set that named it.
    expect(first).toMatchObject([{ contentId: 'n2', queue: 'EXPERT', origin: 'OTHER', requestedAt: MIDNIGHT + 2 }]);
    expect(await asked(95_000)).toEqual(first);
    await submit([{ item: 'n2', labeler: 'u-9', answers: { 'attack@1': 'YES', 'threat@1': 'NO' }, role: 'EXPERT' }]);
    expect(await asked(100_000)).toEqual([]);
  });
});
