import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { contentKey } from '#platform/contracts';
import { gatewayLimits } from './content.config.js';
import { GATEWAY } from './content.tokens.js';
import { headerOf, type Gateway, type GatewayRequest } from './gateway.js';
import { within } from './http/deadline.js';
import { describeProblems, schemaRef } from './http/openapi.js';
import { readBody } from './http/read-body.js';
import { appealSchema, reportedEvent, reportSchema, type Reporting } from './submission/report.js';
import { idempotencyScope, readIdempotencyKey } from './submission/submit.js';

interface Reported {
  readonly reportId: string;
  readonly selfSelected: true;
}

const PROBLEMS = [
  'malformed_json',
  'invalid_request',
  'unauthenticated',
  'too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal',
  'overloaded',
  'unavailable',
] as const;

/** What readers and authors say of contents: both are self-selected and never enter an unbiased estimate. */
@ApiTags('reports and appeals')
@Controller('v1')
export class ReportController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Post('reports')
  @HttpCode(202)
  @ApiOperation({
    summary: 'A reader reports a content',
    description: 'The same report on the same UTC day is one report.',
  })
  @ApiBody({ schema: schemaRef('Report') })
  @ApiResponse({ status: 202, description: 'Durable', schema: schemaRef('Reported') })
  @describeProblems(PROBLEMS)
  report(@Body() body: unknown, @Req() request: GatewayRequest): Promise<Reported> {
    const { reporterId, ...report } = readBody(reportSchema, body);
    return this.append(request, { ...report, kind: 'REPORT', channel: null, verdictId: null, personId: reporterId });
  }

  @Post('appeals')
  @HttpCode(202)
  @ApiOperation({
    summary: 'An author appeals a verdict',
    description: 'The same appeal on the same UTC day is one appeal.',
  })
  @ApiBody({ schema: schemaRef('Appeal') })
  @ApiResponse({ status: 202, description: 'Durable', schema: schemaRef('Reported') })
  @describeProblems(PROBLEMS)
  appeal(@Body() body: unknown, @Req() request: GatewayRequest): Promise<Reported> {
    const { authorId, ...appeal } = readBody(appealSchema, body);
    return this.append(request, { ...appeal, kind: 'APPEAL', category: null, personId: authorId });
  }

  private async append(request: GatewayRequest, reporting: Reporting): Promise<Reported> {
    const { door, admission, clock, keyedHash, writer } = this.gateway;
    const caller = door.callerOf(request.raw);
    const key = readIdempotencyKey(headerOf(request, 'idempotency-key'));
    const value = reportedEvent(reporting, {
      platform: caller.platform,
      idempotencyScope: key === null ? null : idempotencyScope(caller, key).scope,
      now: clock(),
      keyedHash,
    });
    admission.charge(caller, 1);
    await within(
      gatewayLimits.acknowledgementMs,
      writer.write([{ topic: 'content.reported', key: contentKey(value), value }]),
    );
    return { reportId: value.reportId, selfSelected: true };
  }
}
