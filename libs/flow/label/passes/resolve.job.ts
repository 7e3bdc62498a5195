import { RowBinary } from '#platform/clickhouse';
import { revisionKey, type LabelResolved, type PolicyPublished } from '#platform/contracts';
import type { Emission } from '#platform/stream';
import { inOverlap } from '../quality/quality-draws.js';
import { derivedEvents } from '../resolution/derived-events.js';
import { createPolicyShelf } from '../desk/policy-shelf.js';
import type { LabelerSkill } from '../resolution/resolve-votes.js';
import type { Steps } from '../steps.js';
import type { LabelJobContext } from './context.job.js';
import { questionsAbove, questionsToResolve } from './questions-above.js';
import { createResolvedBook, type SaidFact } from './resolved-book.js';
import { resolveQuestion, type ResolvedQuestion } from './resolve-question.js';
import { itemOf, type SaidOfItem } from './said.js';

/** An answer of ClickHouse is complete before it is sent, and takes memory there until then. */
const VOTES_OF_A_PART = 50_000;
/** Events that are written at once. */
const BATCH = 500;

/**
 * The exact pass (labels 2.1): every question over all answers that are readable when it begins. Says what changed by more than .01, and
 * keeps the parameters, by which new answers are resolved until the next pass.
 */
export async function resolveEverything(context: LabelJobContext, passId: string): Promise<void> {
  const { clickhouse, policies, salts, inTurns, runAt } = context;
  const [snapshot] = await clickhouse.query('label-snapshot', {});
  if (snapshot === undefined || snapshot.submissions === 0) return;
  const until = snapshot.offset;
  const published = [...policies()];
  const book = createResolvedBook();
  const counts = new Map(
    (await clickhouse.query('label-questions', { until })).map((row) => [row.question, row.votes]),
  );
  for (const question of questionsToResolve([...counts.keys()], published)) {
    const above = questionsAbove(question, published);
    // Nobody counted the answers to a sub-level that follow from others.
    const parts = Math.ceil(
      (above.above.length > 0 ? snapshot.submissions : (counts.get(question) ?? 1)) / VOTES_OF_A_PART,
    );
    const items: SaidOfItem[] = [];
    const said: SaidFact[] = [];
    for (let part = 0; part < parts; part++) {
      for await (const rows of clickhouse.pieces('label-votes', { question, until, ...above, part, parts })) {
        for (const row of rows) {
          const votes = row.votes.map(([labeler, answer, isExpert]) => ({
            labeler,
            answer,
            isExpert: Boolean(isExpert),
          }));
          items.push({ item: itemOf(row), said: votes });
        }
      }
      for await (const rows of clickhouse.pieces('label-said', { question, part, parts })) {
        for (const row of rows) {
          const { fact, probability, is_trainable: isTrainable, settled: isSettled } = row;
          said.push({ item: itemOf(row), fact, probability, isTrainable, isSettled });
        }
      }
    }
    const resolved = await inTurns(resolveQuestion(items, (item) => inOverlap(item, salts)));
    const names = items.map(({ item }) => item);
    await inTurns(book.add(question, names, resolved, said));
    await storeSkills(context, passId, question, resolved);
  }
  const since = await clickhouse.query('label-items-since', { offset: until });
  const stale = new Set(since.map((row) => revisionKey(itemOf(row))));
  await sayNews(context, book.news({ passId, resolvedAt: runAt, isStale: (item) => stale.has(item) }));
}

async function sayNews(
  { write, policies, inTurns }: Pick<LabelJobContext, 'write' | 'policies' | 'inTurns'>,
  news: Iterator<LabelResolved, void, void>,
): Promise<void> {
  const shelf = createPolicyShelf();
  shelf.set(policies());
  for (;;) {
    const batch = await inTurns(nextEmissions(news, shelf.live));
    if (batch.length === 0) return;
    await write(batch);
  }
}

/** The next events, and what the policies make of them; none when all is said. */
function* nextEmissions(
  news: Iterator<LabelResolved, void, void>,
  live: readonly PolicyPublished[],
): Steps<readonly Emission[]> {
  const batch: Emission[] = [];
  while (batch.length < BATCH) {
    const next = news.next();
    if (next.done === true) break;
    for (const value of [next.value, ...derivedEvents(next.value, live)]) {
      batch.push({ topic: 'label.resolved', key: revisionKey(value), value });
    }
    yield;
  }
  return batch;
}

const COLUMNS = [
  'run_at',
  'pass_id',
  'question',
  'labeler_id',
  'sensitivity',
  'specificity',
  'prevalence',
  'vanished',
  'votes',
];

async function storeSkills(
  { clickhouse, runAt }: LabelJobContext,
  passId: string,
  question: string,
  { parameters, vanished, votes }: ResolvedQuestion,
): Promise<void> {
  const { prevalence, pooled, labelers } = parameters;
  const out = new RowBinary();
  const write = (labeler: string, { sensitivity, specificity }: LabelerSkill): void => {
    out.dateTime(runAt);
    out.string(passId);
    out.string(question);
    out.string(labeler);
    out.float64(sensitivity);
    out.float64(specificity);
    out.float64(prevalence);
    if (out.present(vanished)) out.uint8(vanished === 'YES' ? 1 : 2);
    out.uint64(votes);
  };
  write('', pooled);
  for (const [labeler, skill] of labelers) write(labeler, skill);
  await clickhouse.insertRows('label_skills', out.take(), {
    columns: COLUMNS,
    token: `${passId}-${runAt}-${question}`,
  });
}
