import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { z } from 'zod';
import type { ClickHouse, DeadLetterDetail, DeadLetterSummary } from '#platform/clickhouse';
import { rejectReasons } from '#platform/contracts';
import { permissionsOf } from './access/roles.js';
import type { DeadLetterLine, DeadLetterList, DeadLetterView, ShownBytes } from './api/index.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import type { ConsoleRequest, Desk } from './desk.js';
import { checked } from './http/checked.js';
import { Problem } from './http/problem.js';
import { instantOf } from './instants.js';

const word = z.string().max(64).default('');
const listSchema = z.strictObject({ stage: word, reason: word });
const nameSchema = z.strictObject({
  stage: z.string().max(64),
  topic: z.string().max(256),
  partition: z.coerce.number().int().min(0).max(65_535),
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});

const NOT_THERE = 'There is no such filter or dead letter.';

/** Apps that can reject. */
const stages = ['content', 'prediction', 'verdict', 'policy', 'deployment', 'warehouse', 'sampling', 'label'];

/** Records that were rejected. Sending them through again stays on the command line. */
@Controller('api/dead-letters')
export class DeadLetterController {
  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(WAREHOUSE) private readonly warehouse: Pick<ClickHouse, 'query'>,
  ) {}

  @Get()
  async list(@Query() query: unknown, @Req() request: ConsoleRequest): Promise<DeadLetterList> {
    this.desk.entrance.require(request.raw, 'read_dead_letters');
    const { stage, reason } = checked(listSchema, query, NOT_THERE);
    const rows = await this.warehouse.query('dead-letter-list', { stage, reason, limit: limits.deadLetters + 1 });
    return {
      letters: rows.slice(0, limits.deadLetters).map(lineOf),
      more: rows.length > limits.deadLetters,
      stages,
      reasons: rejectReasons,
    };
  }

  @Get(':stage/:topic/:partition/:offset')
  async show(@Param() name: unknown, @Req() request: ConsoleRequest): Promise<DeadLetterView> {
    const { entrance, audit } = this.desk;
    const session = entrance.require(request.raw, 'read_dead_letters');
    const [row] = await this.warehouse.query('dead-letter-inspect', checked(nameSchema, name, NOT_THERE));
    if (row === undefined) throw new Problem('not_found', 'The warehouse has no such dead letter.');
    const mayReadText = permissionsOf(session.roles, session.mustChangePassword).includes('read_text');
    const line = lineOf(row);
    if (mayReadText) audit({ event: 'dead_letter_read', userId: session.userId, deadLetter: line.id });
    return {
      ...line,
      release: row.release,
      recordTimestamp: instantOf(row.record_timestamp),
      reasonMeaning: meaningOf(row.reason),
      replayCommand: `npx tidegate dead-letters replay ${line.id}`,
      value: mayReadText ? valueOf(row) : 'hidden',
      headers: Object.entries(row.headers).map(([header, base64]) => ({
        name: header,
        value: beginningOf(base64, limits.shownHeaderBytes),
      })),
    };
  }
}

function lineOf(row: DeadLetterSummary): DeadLetterLine {
  return {
    id: `${row.stage}/${row.record_partition}/${row.record_offset}`,
    stage: row.stage,
    reason: row.reason,
    detail: row.detail,
    sourceTopic: row.source_topic,
    sourcePartition: row.source_partition,
    sourceOffset: row.source_offset,
    key: row.key,
    valueBytes: row.value_bytes,
    rejectedAt: instantOf(row.rejected_at),
  };
}

function valueOf(row: DeadLetterDetail): DeadLetterView['value'] {
  if (row.value_base64 !== null) return beginningOf(row.value_base64, limits.shownBytes);
  return row.value_bytes === null ? 'absent' : 'erased';
}

function beginningOf(base64: string, most: number): ShownBytes {
  const bytes = Buffer.from(base64, 'base64');
  return { base64: bytes.subarray(0, most).toString('base64'), totalBytes: bytes.length };
}

function meaningOf(reason: string): string {
  return Object.entries(rejectReasons).find(([code]) => code === reason)?.[1] ?? '';
}
