import { RowBinary, type ClickHouse } from '#platform/clickhouse';
import { revisionKey } from '#platform/contracts';
import type { PolicyDocument } from '#policy';
import type { Agreement, AgreementBand } from '../quality/agreement.js';
import { taskOfAudit } from '../desk/open-tasks.js';
import { createPolicyShelf, type PolicyShelf } from '../desk/policy-shelf.js';
import type { Division } from '../quality/disagreement.js';
import type { LabelerStanding } from '../quality/labeler-quality.js';
import { documentOf } from '../resolution/policy-of-event.js';
import type { LabelItem } from '../resolution/label-item.js';
import { startingParameters } from '../resolution/resolve-votes.js';
import { measureAgreements, type AgreementSubject, type PolicyInForce } from './agreement-table.js';
import { clusterContested, type ContestedCluster } from './contested-items.js';
import { blindCategories, categoriesByExpert, expertTruth, type Categories, type ExpertItem } from './expert-items.js';
import type { LabelJobContext } from './context.job.js';
import { itemsForExperts, type Audits, type ConflictMember } from './items-for-experts.js';
import { drawAudits, judgeAudits, type AuditedAnswer, type AuditRow } from './labeler-audits.js';
import { tabulateLabelers, type DoneTask, type LabelerRow } from './labeler-table.js';
import { readSkills, type PassSkill } from './read-skills.job.js';
import { columnsOf, completed, itemOf } from './said.js';
import { suspectLabels, type ScoredLabels, type SuspectedLabel } from './suspected-labels.js';

/** Labels 2.1: the share of items that three people always answer. */
const OVERLAP_SHARE = 0.1;
/** Speed and drift are of the last so many days. */
const RECENT_MS = 90 * 86_400_000;
/** Contested items of one question, labels against scores, audited answers, and items of experts that a run looks at, the newest. */
const MOST_CONTESTED = 500;
const MOST_SCORED = 100_000;
const MOST_AUDITED = 100_000;
const MOST_EXPERT = 20_000;

interface Run extends LabelJobContext {
  readonly shelf: PolicyShelf;
  readonly skills: ReadonlyMap<string, PassSkill>;
  /** By revision key. */
  readonly experts: ReadonlyMap<string, ExpertItem>;
  /** The policy that is live in the reference channel; null: none, or it derives nothing. */
  readonly inForce: PolicyInForce | null;
  /** What the run writes is of this run only. */
  readonly insert: (table: string, columns: readonly string[], out: RowBinary) => Promise<void>;
}

/** Agreement, labelers, disagreement and suspected labels, as they are now; the views show the last recorded run. */
export async function measureQuality(context: LabelJobContext, to: number): Promise<void> {
  const { clickhouse, runAt } = context;
  const shelf = createPolicyShelf();
  shelf.set(context.policies());
  const run: Run = {
    ...context,
    shelf,
    skills: await readSkills(clickhouse),
    experts: await readExperts(clickhouse, shelf),
    inForce: await policyInForce(context),
    insert: async (table, columns, out) => {
      if (out.length === 0) return;
      await clickhouse.insertRows(table, out.take(), { columns: ['run_at', ...columns], token: `${table}-${runAt}` });
    },
  };
  await storeAgreement(run);
  await storeDisagreement(run);
  const suspected = await storeSuspected(run);
  const labelers = await storeAudits(run, to);
  await storeLabelers(run, to, labelers);
  await askExperts(run, { suspected, labelers }, await readConflicts(run));
}

async function readExperts(clickhouse: ClickHouse, shelf: PolicyShelf): Promise<ReadonlyMap<string, ExpertItem>> {
  const experts = new Map<string, ExpertItem>();
  for await (const rows of clickhouse.pieces('label-expert-items', { most: MOST_EXPERT })) {
    for (const row of rows) {
      const item = itemOf(row);
      const said = row.said.map(([, labeler, isExpert, answers, policies]) => ({
        labeler,
        isExpert: Boolean(isExpert),
        answers: completed(answers, policies, shelf),
      }));
      experts.set(revisionKey(item), { item, said });
    }
  }
  return experts;
}

async function policyInForce({ clickhouse, channel, policies }: LabelJobContext): Promise<PolicyInForce | null> {
  const [live] = await clickhouse.query('label-policy-in-force', { channel });
  if (live === undefined) return null;
  const { policy_id: policyId, policy_version: version } = live;
  const published = [...policies()].find((policy) => policy.policyId === policyId && policy.version === version);
  const document = published === undefined ? null : documentOf(published);
  return document === null || document.questions.length === 0 ? null : { policyId, version, document };
}

const AGREEMENT_COLUMNS = [
  ...['kind', 'subject', 'question', 'policy_id', 'policy_version', 'category', 'clause', 'rule'],
  ...['alpha', 'alpha_low', 'alpha_high', 'band', 'positive_agreement', 'positive_low', 'positive_high'],
  ...['items', 'answers', 'vanished'],
];
const KINDS = { QUESTION: 1, CLAUSE: 2, CATEGORY: 3 } as const;
const BANDS: Readonly<Record<AgreementBand, number>> = { GOOD: 1, TENTATIVE: 2, POOR: 3 };

async function storeAgreement({ clickhouse, shelf, salts, skills, inTurns, runAt, insert }: Run): Promise<void> {
  const rows = await clickhouse.query('label-agreement-units', { salt: salts.overlap, share: OVERLAP_SHARE });
  const patterns = rows.map(({ people, items }) => ({
    people: people.map(([answers, policies]) => completed(Object.fromEntries(answers), policies, shelf)),
    items,
  }));
  const inForce = shelf.live.flatMap((policy): readonly PolicyInForce[] => {
    const document = documentOf(policy);
    return document === null ? [] : [{ policyId: policy.policyId, version: policy.version, document }];
  });
  const out = new RowBinary();
  for (const { subject, agreement } of await inTurns(measureAgreements(patterns, inForce))) {
    out.dateTime(runAt);
    writeAgreement(out, subject, agreement, skills.get(subject.question));
  }
  await insert('label_agreement_runs', AGREEMENT_COLUMNS, out);
}

function writeAgreement(
  out: RowBinary,
  subject: AgreementSubject,
  agreement: Agreement,
  skill: PassSkill | undefined,
): void {
  out.uint8(KINDS[subject.kind]);
  out.string(subject.subject);
  out.string(subject.question);
  out.string(subject.policyId);
  out.int32(subject.policyVersion);
  out.string(subject.category);
  out.uint32(subject.clause);
  out.string(subject.rule);
  writeNumber(out, agreement.alpha);
  writeNumber(out, agreement.alphaLow);
  writeNumber(out, agreement.alphaHigh);
  if (out.present(agreement.band)) out.uint8(BANDS[agreement.band]);
  writeNumber(out, agreement.positiveAgreement);
  writeNumber(out, agreement.positiveLow);
  writeNumber(out, agreement.positiveHigh);
  out.uint64(agreement.items);
  out.uint64(agreement.values);
  const vanished = skill?.vanished ?? null;
  if (out.present(vanished)) out.uint8(vanished === 'YES' ? 1 : 2);
}

const DISAGREEMENT_COLUMNS = [
  ...['question', 'place', 'division', 'summary', 'examples', 'yes', 'no', 'yes_camp', 'no_camp', 'items'],
];
const DIVISIONS: Readonly<Record<Division, number>> = { TWO_READINGS: 1, WAVERING: 2, SPLIT: 3 };

async function storeDisagreement({ clickhouse, inTurns, runAt, insert }: Run): Promise<void> {
  const { offset: until = 0 } = (await clickhouse.query('label-snapshot', {}))[0] ?? {};
  const out = new RowBinary();
  for (const { question } of await clickhouse.query('label-questions', { until })) {
    const rows = await clickhouse.query('label-contested', { question, most: MOST_CONTESTED });
    const contested = rows.map((row) => ({
      item: itemOf(row),
      votes: row.votes.map(([, labeler, answer]) => ({ labeler, answer })),
      text: row.text,
    }));
    const clusters = await inTurns(clusterContested(question, contested));
    for (const [index, cluster] of clusters.entries()) {
      out.dateTime(runAt);
      writeCluster(out, cluster, index + 1);
    }
  }
  await insert('label_disagreement_runs', DISAGREEMENT_COLUMNS, out);
}

function writeCluster(out: RowBinary, cluster: ContestedCluster, place: number): void {
  out.string(cluster.question);
  out.uint32(place);
  out.uint8(DIVISIONS[cluster.division]);
  out.string(cluster.summary);
  out.uint32(cluster.items.length);
  out.uint32(cluster.yes);
  out.uint32(cluster.no);
  for (const camp of [cluster.yesCamp, cluster.noCamp]) {
    out.count(camp.length);
    for (const labeler of camp) out.string(labeler);
  }
  out.count(cluster.items.length);
  for (const item of cluster.items) writeItem(out, item);
}

function writeItem(out: RowBinary, { platform, contentId, revision }: LabelItem): void {
  out.string(platform);
  out.string(contentId);
  out.int32(revision);
}

const ERROR_COLUMNS = [
  ...['policy_id', 'policy_version', 'channel', 'platform', 'content_id', 'revision', 'score', 'flags', 'audit'],
];
const AUDITS: Readonly<Record<SuspectedLabel['audit'], number>> = { NOT_DRAWN: 1, OPEN: 2, RIGHT: 3, WRONG: 4 };
const VALUES = { YES: 'yes', NO: 'no', UNKNOWN: 'unknown' } as const;

async function storeSuspected(run: Run): Promise<readonly SuspectedLabel[]> {
  const { clickhouse, inForce, channel, experts, skills, salts, runAt, insert } = run;
  if (inForce === null) return [];
  const { policyId, version, document } = inForce;
  const wanted = { policy_id: policyId, policy_version: version, channel, most: MOST_SCORED };
  const scored: ScoredLabels[] = [];
  for await (const rows of clickhouse.pieces('label-against-scores', wanted)) {
    for (const row of rows) {
      const item = itemOf(row);
      const expert = experts.get(revisionKey(item));
      const labels: Categories =
        expert === undefined
          ? Object.fromEntries(Object.entries(row.labels).map(([category, label]) => [category, VALUES[label]]))
          : blindCategories(expert, document, (question) => skills.get(question)?.parameters ?? startingParameters);
      scored.push({ item, labels, probabilities: row.probabilities });
    }
  }
  const suspected = suspectLabels(scored, document.categories, expertCategories(experts, document), salts.audit);
  const out = new RowBinary();
  for (const { item, score, flags, audit } of suspected) {
    out.dateTime(runAt);
    out.string(policyId);
    out.int32(version);
    out.string(channel);
    writeItem(out, item);
    out.float64(score);
    out.count(flags.length);
    for (const { category, kind, probability } of flags) {
      out.string(category);
      out.uint8(kind === 'MISS' ? 1 : 2);
      out.float64(probability);
    }
    out.uint8(AUDITS[audit]);
  }
  await insert('label_error_runs', ERROR_COLUMNS, out);
  return suspected;
}

function expertCategories(
  experts: ReadonlyMap<string, ExpertItem>,
  document: PolicyDocument,
): (item: string) => Categories | undefined {
  return (key) => {
    const expert = experts.get(key);
    return expert === undefined ? undefined : categoriesByExpert(expert, document);
  };
}

const AUDIT_COLUMNS = [
  ...['labeler_id', 'category', 'period', 'platform', 'content_id', 'revision', 'labelled', 'probability', 'auditor'],
];

/** The audit of the month in which the window ends. */
async function storeAudits(run: Run, to: number): Promise<readonly AuditRow[]> {
  const { clickhouse, inForce, channel, experts, salts, shelf, inTurns, runAt, insert } = run;
  if (inForce === null) return [];
  const period = new Date(to - 1).toISOString().slice(0, 7);
  const wanted = { channel, from: Date.parse(`${period}-01T00:00:00Z`), to, most: MOST_AUDITED };
  const answers: AuditedAnswer[] = [];
  for await (const rows of clickhouse.pieces('label-audit-candidates', wanted)) {
    for (const row of rows) {
      answers.push({
        labeler: row.labeler_id,
        item: itemOf(row),
        answers: completed(row.answers, row.policies, shelf),
        probabilities: row.probabilities,
      });
    }
  }
  const { document } = inForce;
  const audits = await inTurns(
    drawAudits(answers, document, expertCategories(experts, document), { period, salt: salts.audit }),
  );
  const out = new RowBinary();
  for (const { labeler, category, item, labelled, probability, auditor } of audits) {
    out.dateTime(runAt);
    out.string(labeler);
    out.string(category);
    out.string(period);
    writeItem(out, item);
    out.bool(labelled);
    out.float64(probability);
    if (out.present(auditor)) out.bool(auditor);
  }
  await insert('labeler_audit_runs', AUDIT_COLUMNS, out);
  return audits;
}

interface NamedConflict extends ConflictMember {
  /** When a data set first named it, milliseconds. */
  readonly namedAt: number;
}

/** What the newest data sets under the policy in force have to say of groups that are labelled against each other. */
async function readConflicts({ clickhouse, inForce }: Run): Promise<readonly NamedConflict[]> {
  if (inForce === null) return [];
  const { policyId, version } = inForce;
  const rows = await clickhouse.query('label-conflicts', { policy_id: policyId, policy_version: version });
  return rows.map((row) => ({
    ...{ group: row.group_key, item: itemOf(row), alike: row.alike, namedAt: row.named_at },
  }));
}

async function askExperts(
  { clickhouse, experts, salts, auditTasks: most, runAt, write }: Run,
  audits: Omit<Audits, 'conflicts'>,
  conflicts: readonly NamedConflict[],
): Promise<void> {
  if (most === 0) return;
  const items = itemsForExperts(
    { ...audits, conflicts },
    { salt: salts.audit, most, isAnswered: (item) => experts.has(item) },
  );
  if (items.length === 0) return;
  const drawn = await clickhouse.query('label-audit-drawn', columnsOf(items));
  const askedAt = new Map(drawn.map((row) => [revisionKey(itemOf(row)), row.drawn_at]));
  for (const { item, namedAt } of conflicts) {
    const key = revisionKey(item);
    askedAt.set(key, Math.min(namedAt, askedAt.get(key) ?? namedAt));
  }
  // A task that waits already is written as it was.
  const tasks = items.map((item) => taskOfAudit(item, askedAt.get(revisionKey(item)) ?? runAt));
  await write(tasks.map((value) => ({ topic: 'label.requested', key: value.taskId, value })));
}

const LABELER_COLUMNS = [
  ...['labeler_id', 'question', 'answers', 'unsure', 'hits', 'misses', 'rejections', 'false_alarms'],
  ...['sensitivity', 'sensitivity_low', 'sensitivity_high', 'sensitivity_too_low'],
  ...['specificity', 'specificity_low', 'specificity_high', 'specificity_too_low', 'standing'],
  ...['fitted_sensitivity', 'fitted_specificity', 'compared', 'agreement'],
  ...['repeats', 'consistency', 'consistency_low', 'consistency_high'],
  ...['median_ms', 'limit_ms', 'is_hurried', 'no_run', 'no_run_limit', 'always_no', 'drift'],
  ...['audit_items', 'audit_answered', 'audit_precision', 'audit_recall', 'audit_f1'],
];
const STANDINGS: Readonly<Record<LabelerStanding, number>> = { GOOD: 1, WARN: 2, STOP: 3 };

async function storeLabelers(run: Run, to: number, audits: readonly AuditRow[]): Promise<void> {
  const { clickhouse, experts, shelf, skills, inTurns, runAt, insert } = run;
  const counts = await clickhouse.query('label-labelers', {});
  const tasks = await clickhouse.query('label-labeler-tasks', { from: to - RECENT_MS });
  const gold = await clickhouse.query('label-gold', {});
  const rows = await inTurns(
    tabulateLabelers({
      counts: counts.map(({ labeler_id: labeler, ...row }) => ({ labeler, ...row })),
      gold: gold.flatMap((row) => {
        const expert = experts.get(revisionKey(itemOf(row)));
        if (expert === undefined) return [];
        const answers = completed(row.answers, row.policies, shelf);
        return [{ labeler: row.labeler_id, answers, truth: expertTruth(expert) }];
      }),
      tasks: new Map(
        tasks.map((row) => [
          row.labeler_id,
          {
            all: row.done,
            recent: row.tasks.map(([, milliseconds, saidYes, compared, agreed]): DoneTask => ({
              milliseconds: milliseconds < 0 ? null : milliseconds,
              saidYes: saidYes === 1,
              compared,
              agreed,
            })),
          },
        ]),
      ),
      skillOf: (question, labeler) => skills.get(question)?.parameters.labelers.get(labeler) ?? null,
      audits: judgeAudits(audits),
    }),
  );
  const out = new RowBinary();
  for (const row of rows) {
    out.dateTime(runAt);
    writeLabeler(out, row);
  }
  await insert('labeler_quality_runs', LABELER_COLUMNS, out);
}

function writeLabeler(out: RowBinary, row: LabelerRow): void {
  const { gold, quality, skill, consistency, signals } = row;
  out.string(row.labeler);
  out.string(row.question);
  out.uint64(row.answers);
  out.uint64(row.unsure);
  for (const count of [gold.hits, gold.misses, gold.rejections, gold.falseAlarms]) out.uint32(count);
  for (const { mean, low, high, probabilityTooLow } of [quality.sensitivity, quality.specificity]) {
    for (const value of [mean, low, high, probabilityTooLow]) out.float64(value);
  }
  out.uint8(STANDINGS[quality.standing]);
  writeNumber(out, skill?.sensitivity ?? null);
  writeNumber(out, skill?.specificity ?? null);
  out.uint64(row.compared);
  writeNumber(out, row.agreed / row.compared);
  out.uint32(row.repeats);
  writeNumber(out, row.consistent / row.repeats);
  writeNumber(out, row.repeats === 0 ? null : consistency.low);
  writeNumber(out, row.repeats === 0 ? null : consistency.high);
  writeNumber(out, signals?.medianMs ?? null);
  writeNumber(out, signals?.limitMs ?? null);
  out.bool(signals?.isHurried ?? false);
  out.uint32(signals?.noRun ?? 0);
  const limit = signals?.noRunLimit ?? null;
  if (out.present(limit)) out.uint32(limit);
  out.bool(signals?.alwaysNo ?? false);
  const drift = signals?.drift ?? null;
  if (out.present(drift)) out.uint8(drift === 'RISEN' ? 1 : 2);
  const audit = signals?.audit ?? null;
  out.uint32(audit?.drawn ?? 0);
  out.uint32(audit?.audited ?? 0);
  for (const value of [audit?.precision, audit?.recall, audit?.f1]) writeNumber(out, value ?? null);
}

/** NaN, where nothing can be said, is null. */
function writeNumber(out: RowBinary, value: number | null): void {
  const known = value === null || Number.isNaN(value) ? null : value;
  if (out.present(known)) out.float64(known);
}
