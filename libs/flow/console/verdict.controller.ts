import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { z } from 'zod';
import { maskPersonalData } from '#model';
import type { ClickHouse, VerdictExplanation } from '#platform/clickhouse';
import type { Action, ContentText, Explanation, OverrideKept } from './api/index.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import type { ConsoleReply, ConsoleRequest, Desk } from './desk.js';
import { checked } from './http/checked.js';
import { Problem } from './http/problem.js';
import { securityHeaders } from './http/security-headers.js';
import { instantOf } from './instants.js';
import { byStrictness, type VerdictFilter } from './live/verdict-filter.js';
import { personOf } from './queue/person.js';

const word = z.string().min(1).max(256).optional();
const filterSchema = z.strictObject({
  channel: word,
  platform: word,
  category: word,
  /** Separated by commas. */
  actions: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(['ALLOW', 'REVIEW', 'BLOCK'])))
    .optional(),
});

const overrideSchema = z.strictObject({
  action: z.enum(['ALLOW', 'REVIEW', 'BLOCK']),
  /** In a few words; never content. */
  reason: z.string().trim().min(1).max(300),
});

/** Verdicts as they come, and one back to what decided it. */
@Controller('api/verdicts')
export class VerdictController {
  private streams = 0;

  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(WAREHOUSE) private readonly warehouse: Pick<ClickHouse, 'query'>,
  ) {}

  /** Server-sent events `verdicts`, each with a LiveFrame; the id says where to go on after a break. */
  @Get('stream')
  stream(@Query() query: unknown, @Req() request: ConsoleRequest, @Res() reply: ConsoleReply): void {
    const { entrance, hub, stopping } = this.desk;
    entrance.require(request.raw, 'watch_verdicts');
    const filter = readFilter(query);
    if (this.streams >= limits.streams) throw new Problem('too_many_streams', 'Close another page of this console.', 5);
    if (stopping.aborted) throw new Problem('unavailable', 'The console is stopping.', 2);
    const lastId = request.headers['last-event-id'];
    this.streams++;
    const watcher = hub.watch(filter, typeof lastId === 'string' ? lastId : null);

    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...securityHeaders,
      'cache-control': 'no-store',
      'content-type': 'text/event-stream; charset=utf-8',
      // A proxy that collects the answer before it passes it on would hold verdicts back.
      'x-accel-buffering': 'no',
    });
    raw.write('retry: 2000\n\n');
    let quietFrames = 0;
    const beat = setInterval(() => {
      // What does not fit now is in the next frame, or counted as skipped there.
      if (raw.writableNeedDrain) return;
      const { frame, position } = watcher.take(limits.verdictsPerFrame);
      const isQuiet = frame.seen === 0 && frame.verdicts.length === 0;
      if (isQuiet && ++quietFrames * limits.frameMs < limits.heartbeatMs) return;
      quietFrames = 0;
      raw.write(`id: ${position}\nevent: verdicts\ndata: ${JSON.stringify(frame)}\n\n`);
    }, limits.frameMs);
    const check = setInterval(() => {
      void entrance.stillMay(request.raw, 'watch_verdicts').then((may) => {
        if (!may) end();
      }, end);
    }, limits.heartbeatMs);
    const end = () => {
      clearInterval(beat);
      clearInterval(check);
      stopping.removeEventListener('abort', end);
      raw.end();
    };
    stopping.addEventListener('abort', end);
    raw.once('close', () => {
      end();
      watcher.leave();
      this.streams--;
    });
  }

  @Get(':verdictId')
  async explain(@Param('verdictId') verdictId: string, @Req() request: ConsoleRequest): Promise<Explanation> {
    this.desk.entrance.require(request.raw, 'explain_verdicts');
    return explanationOf(await this.find(verdictId));
  }

  /** What was judged, for who may read it; each reading is on record. */
  @Get(':verdictId/text')
  async text(@Param('verdictId') verdictId: string, @Req() request: ConsoleRequest): Promise<ContentText> {
    const { entrance, audit } = this.desk;
    const { userId } = entrance.require(request.raw, 'read_text');
    const { platform, content_id, revision, text_hash } = await this.find(verdictId);
    const [row] = await this.warehouse.query('content-text', { platform, content_id, revision, text_hash });
    if (row === undefined || row.text === '') return { text: null, length: 0, masked: 0 };
    audit({ event: 'text_read', userId, verdictId });
    const { text, masks } = maskPersonalData(row.text);
    return { text: text.slice(0, limits.shownText), length: text.length, masked: masks.length };
  }

  /** What an expert decides instead; it holds for this revision and channel until it is withdrawn. */
  @Post(':verdictId/override')
  @HttpCode(200)
  async override(
    @Param('verdictId') id: string,
    @Body() body: unknown,
    @Req() request: ConsoleRequest,
  ): Promise<OverrideKept> {
    const { entrance, label, audit } = this.desk;
    const session = entrance.require(request.raw, 'override_verdicts');
    const verdictId = checkedId(id);
    const { action, reason } = checked(overrideSchema, body, 'Send an action, and a reason of up to 300 characters.');
    const kept = await label.override({ ...personOf(session, 'EXPERT'), verdictId, action, reason });
    audit({ event: 'verdict_overridden', userId: session.userId, verdictId, action, requestId: kept.requestId });
    return kept;
  }

  private async find(verdictId: string): Promise<VerdictExplanation> {
    const [row] = await this.warehouse.query('explain-verdict', { verdict_id: checkedId(verdictId) });
    if (row === undefined) {
      throw new Problem(
        'not_found',
        'The warehouse does not have this verdict. One of the last seconds may still be on its way.',
      );
    }
    return row;
  }
}

function checkedId(verdictId: string): string {
  if (/^[0-9a-f]{32}$/i.test(verdictId)) return verdictId;
  throw new Problem('invalid_request', 'A verdict id has 32 hexadecimal digits.');
}

function readFilter(query: unknown): VerdictFilter {
  const parsed = filterSchema.safeParse(query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem('invalid_request', `Filter ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
  }
  const { channel = null, platform = null, category = null, actions = null } = parsed.data;
  return { channel, platform, category, actions };
}

function explanationOf(row: VerdictExplanation): Explanation {
  return {
    verdictId: row.verdict_id,
    kind: row.kind,
    platform: row.platform,
    contentId: row.content_id,
    revision: row.revision,
    channel: row.channel,
    action: row.action as Action,
    role: row.role,
    mode: row.mode,
    decidedBy: row.decided_by,
    categories: Object.entries(row.categories)
      .map(([category, it]) => ({
        category,
        probability: it.probability,
        action: it.action as Action,
        reviewThreshold: it.review_threshold,
        blockThreshold: it.block_threshold,
        provisional: it.provisional,
        logit: row.logits[category] ?? null,
        calibrator: row.calibrators[category]?.kind ?? null,
      }))
      .sort(byStrictness),
    textHash: row.text_hash,
    causeId: row.cause_id,
    supersedes: row.supersedes,
    supersededBy: row.superseded_by,
    reason: row.reason,
    source: row.source,
    submittedAt: instantOf(row.submitted_at),
    issuedAt: instantOf(row.issued_at),
    deploymentId: row.deployment_id,
    modelId: row.model_id,
    calibrationId: row.calibration_id,
    thresholdSetId: row.threshold_set_id,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    policyTitle: row.policy_title,
    policyOwner: row.policy_owner,
    policyChangelog: row.policy_changelog,
    scoredAt: row.scored_at === null ? null : instantOf(row.scored_at),
    language: row.language,
    textLength: row.text_length,
    modelError: row.model_error,
    bundledAt: row.bundled_at === null ? null : instantOf(row.bundled_at),
  };
}
