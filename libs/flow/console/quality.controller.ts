import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { z } from 'zod';
import { maskPersonalData } from '#model';
import type { AgreementResult, ClickHouse, LabelerResult } from '#platform/clickhouse';
import type {
  Action,
  AgreementReport,
  ContentText,
  DisagreementReport,
  ItemName,
  LabelErrorReport,
  LabelledItem,
  LabelerReport,
} from './api/index.js';
import { permissionsOf } from './access/roles.js';
import type { Session } from './access/sessions.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import type { ConsoleReply, ConsoleRequest, Desk } from './desk.js';
import { checked } from './http/checked.js';
import { asFile } from './http/files.js';
import { instantOf, latestOf } from './instants.js';
import { agreementCsv, labelersCsv, wordingsOf, type Wordings } from './quality/quality-report.js';

const itemSchema = z.strictObject({
  platform: z.string().min(1).max(256),
  contentId: z.string().min(1).max(256),
  revision: z.coerce.number().int().min(0).max(2_147_483_647),
});

const ITEM = 'Send platform, contentId and revision.';

/** How far answers can be believed, and whose: found by the jobs of the label role, shown as they left it. */
@Controller('api/quality')
export class QualityController {
  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(WAREHOUSE) private readonly warehouse: Pick<ClickHouse, 'query'>,
  ) {}

  @Get('agreement')
  async agreement(@Req() request: ConsoleRequest): Promise<AgreementReport> {
    this.desk.entrance.require(request.raw, 'see_quality');
    return agreementOf(await this.warehouse.query('console-agreement', {}), await this.wordings());
  }

  @Get('agreement.csv')
  async agreementFile(
    @Req() request: ConsoleRequest,
    @Res({ passthrough: true }) reply: ConsoleReply,
  ): Promise<string> {
    return asFile(reply, 'tidegate-agreement', agreementCsv(await this.agreement(request)));
  }

  @Get('labelers')
  async labelers(@Req() request: ConsoleRequest): Promise<LabelerReport> {
    return await this.report(request, '');
  }

  @Get('labelers.csv')
  async labelersFile(@Req() request: ConsoleRequest, @Res({ passthrough: true }) reply: ConsoleReply): Promise<string> {
    return asFile(reply, 'tidegate-labelers', labelersCsv(await this.labelers(request)));
  }

  @Get('labelers/:labelerId')
  async labeler(@Param('labelerId') labelerId: string, @Req() request: ConsoleRequest): Promise<LabelerReport> {
    return await this.report(request, labelerId);
  }

  @Get('disagreements')
  async disagreements(@Req() request: ConsoleRequest): Promise<DisagreementReport> {
    this.desk.entrance.require(request.raw, 'see_quality');
    const [rows, wordings] = await Promise.all([
      this.warehouse.query('console-disagreement', { most_items: limits.clusterItems }),
      this.wordings(),
    ]);
    return {
      clusters: rows.map((row) => ({
        question: row.question,
        wording: wordings.get(row.question) ?? null,
        division: row.division,
        examples: row.examples,
        yes: row.yes,
        no: row.no,
        yesPeople: row.yes_people,
        noPeople: row.no_people,
        items: row.items.map(nameOfItem),
      })),
      measuredAt: latestOf(rows.map(({ measured_at }) => measured_at)),
    };
  }

  @Get('errors')
  async errors(@Req() request: ConsoleRequest): Promise<LabelErrorReport> {
    this.desk.entrance.require(request.raw, 'see_quality');
    const [audits, items] = await Promise.all([
      this.warehouse.query('console-label-error-audit', {}),
      this.warehouse.query('console-label-errors', { limit: limits.labelErrors }),
    ]);
    return {
      audits: audits.map(({ policy_id, policy_version, flagged, drawn, audited, wrong, share, decision }) => {
        return { policy: `${policy_id}@${policy_version}`, flagged, drawn, audited, wrong, share, decision };
      }),
      items: items.map((row) => ({
        ...nameOfItem(row),
        policy: `${row.policy_id}@${row.policy_version}`,
        score: row.score,
        flags: row.flags,
        audit: row.audit,
      })),
      measuredAt: latestOf([...audits, ...items].map(({ measured_at }) => measured_at)),
    };
  }

  @Get('item')
  async item(@Query() query: unknown, @Req() request: ConsoleRequest): Promise<LabelledItem> {
    const session = this.desk.entrance.require(request.raw, 'see_quality');
    const item = checked(itemSchema, query, ITEM);
    const name = { platform: item.platform, content_id: item.contentId, revision: item.revision };
    const [rows, labels, verdicts, wordings, names] = await Promise.all([
      this.warehouse.query('console-item-answers', name),
      this.warehouse.query('console-item-labels', name),
      this.warehouse.query('console-item-verdicts', name),
      this.wordings(),
      this.names(session),
    ]);
    return {
      ...item,
      answers: byQuestion(rows).map(([question, given]) => ({
        question,
        wording: wordings.get(question) ?? null,
        fact: given[0]?.fact ?? null,
        probability: given[0]?.probability ?? null,
        given: given.map(({ labeler_id, labeler_role, answer, purpose, submitted_at }) => ({
          labelerId: labeler_id,
          name: names.get(labeler_id) ?? null,
          role: labeler_role,
          answer,
          purpose,
          at: instantOf(submitted_at),
        })),
      })),
      labels: labels.map(({ policy_id, policy_version, category, label, decided_by, settled }) => {
        const policy = `${policy_id}@${policy_version}`;
        return { policy, category, label, decidedBy: decided_by, isSettled: settled };
      }),
      verdicts: verdicts.map(({ verdict_id, channel, action }) => {
        return { verdictId: verdict_id, channel, action: action as Action };
      }),
    };
  }

  /** What people answered about, for who may read it; each reading is on record. */
  @Get('item/text')
  async text(@Query() query: unknown, @Req() request: ConsoleRequest): Promise<ContentText> {
    const { entrance, audit } = this.desk;
    entrance.require(request.raw, 'see_quality');
    const { userId } = entrance.require(request.raw, 'read_text');
    const { platform, contentId, revision } = checked(itemSchema, query, ITEM);
    const [row] = await this.warehouse.query('console-item-text', { platform, content_id: contentId, revision });
    if (row === undefined || row.text === '') return { text: null, length: 0, masked: 0 };
    audit({ event: 'item_read', userId, item: `${platform}/${contentId}/${revision}` });
    const { text, masks } = maskPersonalData(row.text);
    return { text: text.slice(0, limits.shownText), length: text.length, masked: masks.length };
  }

  private async report(request: ConsoleRequest, labelerId: string): Promise<LabelerReport> {
    const session = this.desk.entrance.require(request.raw, 'see_quality');
    const [rows, wordings, names] = await Promise.all([
      this.warehouse.query('console-labelers', { labeler_id: labelerId }),
      this.wordings(),
      this.names(session),
    ]);
    return labelersOf(rows, wordings, (id) => names.get(id) ?? null);
  }

  private async wordings(): Promise<Wordings> {
    return wordingsOf(await this.warehouse.query('console-policies', {}));
  }

  /** Names leave the file of local users only for who may see them. */
  private async names({ roles, mustChangePassword }: Session): Promise<ReadonlyMap<string, string>> {
    if (!permissionsOf(roles, mustChangePassword).includes('see_names')) return new Map();
    return new Map((await this.desk.users.list()).map(({ userId, name }) => [userId, name]));
  }
}

function agreementOf(rows: readonly AgreementResult[], wordings: Wordings): AgreementReport {
  return {
    rows: rows.map((row) => ({
      kind: row.kind,
      subject: row.subject,
      wording: row.kind === 'QUESTION' ? (wordings.get(row.question) ?? null) : row.rule === '' ? null : row.rule,
      category: row.category,
      alpha: { value: row.alpha, low: row.alpha_low, high: row.alpha_high },
      band: row.band,
      positive: { value: row.positive_agreement, low: row.positive_low, high: row.positive_high },
      items: row.items,
      answers: row.answers,
      vanished: row.vanished,
    })),
    measuredAt: latestOf(rows.map(({ measured_at }) => measured_at)),
  };
}

/** @param nameOf of who may see names; null for everybody else, and for people who are not users of this machine */
function labelersOf(
  rows: readonly LabelerResult[],
  wordings: Wordings,
  nameOf: (labelerId: string) => string | null,
): LabelerReport {
  return {
    rows: rows.map((row) => ({
      labelerId: row.labeler_id,
      name: nameOf(row.labeler_id),
      question: row.question,
      wording: wordings.get(row.question) ?? null,
      answers: row.answers,
      unsure: row.unsure,
      gold: { hits: row.hits, misses: row.misses, rejections: row.rejections, falseAlarms: row.false_alarms },
      sensitivity: { value: row.sensitivity, low: row.sensitivity_low, high: row.sensitivity_high },
      specificity: { value: row.specificity, low: row.specificity_low, high: row.specificity_high },
      standing: row.standing,
      agreement: row.agreement,
      compared: row.compared,
      consistency: row.consistency,
      repeats: row.repeats,
      medianMs: row.median_ms,
      limitMs: row.limit_ms,
      isHurried: row.is_hurried,
      noRun: row.no_run,
      isAlwaysNo: row.always_no,
      drift: row.drift,
      audit: {
        items: row.audit_items,
        answered: row.audit_answered,
        precision: row.audit_precision,
        recall: row.audit_recall,
        f1: row.audit_f1,
      },
    })),
    measuredAt: latestOf(rows.map(({ measured_at }) => measured_at)),
  };
}

/** In the order of the rows, which are sorted by question. */
function byQuestion<T extends { readonly question: string }>(rows: readonly T[]): readonly (readonly [string, T[]])[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.question);
    if (group === undefined) groups.set(row.question, [row]);
    else group.push(row);
  }
  return [...groups];
}

function nameOfItem(row: {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
}): ItemName {
  return { platform: row.platform, contentId: row.content_id, revision: row.revision };
}
