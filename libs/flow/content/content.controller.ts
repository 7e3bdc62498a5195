import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiExcludeEndpoint, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { contentKey } from '#platform/contracts';
import { gatewayLimits } from './content.config.js';
import { GATEWAY } from './content.tokens.js';
import { headerOf, type Gateway, type GatewayRequest } from './gateway.js';
import { within } from './http/deadline.js';
import { describeProblems, schemaRef } from './http/openapi.js';
import { Problem } from './http/problem.js';
import { readBody } from './http/read-body.js';
import { idSchema, readItems } from './submission/content-request.js';
import { erasureEffects } from './submission/erase.js';
import { FORWARD_HEADER, FORWARD_PATH, forwardSchema } from './submission/forward.js';
import { derivedContentId, idempotencyScope, readIdempotencyKey, type AcceptedItem } from './submission/submit.js';
import { viewOfRow } from './verdicts/verdict-view.js';

/** Contents: published, looked up and erased. */
@ApiTags('content')
@Controller()
export class ContentController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Post('v1/content')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Publish one content, or up to 256',
    description:
      'Answered when the broker has made every item durable. Each item is decided alone: the same contentId and revision with the same ' +
      'text is a duplicate and makes no second event; with another text it is a conflict. Anything but 202 is a problem document whose ' +
      '`errors` name the items that were not accepted and whose `accepted` lists those that were; repeating the whole call is always safe.',
  })
  @ApiHeader({
    name: 'idempotency-key',
    required: false,
    description:
      '1 to 255 visible characters, scoped to the caller, remembered for 24 hours. Items may then leave out contentId.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  })
  @ApiBody({ schema: { oneOf: [schemaRef('ContentItem'), schemaRef('ContentBatch')] } })
  @ApiResponse({ status: 202, description: 'Durable', schema: schemaRef('Accepted') })
  @describeProblems([
    'malformed_json',
    'invalid_request',
    'unauthenticated',
    'forbidden',
    'conflict',
    'too_large',
    'unsupported_media_type',
    'rate_limited',
    'internal',
    'overloaded',
    'unavailable',
  ])
  async publish(
    @Body() body: unknown,
    @Req() request: GatewayRequest,
  ): Promise<{ readonly accepted: readonly AcceptedItem[] }> {
    const { door, admission, submit, clock } = this.gateway;
    const caller = door.callerOf(request.raw);
    const key = readIdempotencyKey(headerOf(request, 'idempotency-key'));
    const idempotency = key === null ? null : idempotencyScope(caller, key);
    const items = readItems(body, {
      platform: caller.platform,
      now: clock(),
      derivedId: idempotency === null ? null : (index) => derivedContentId(idempotency, index),
    });
    admission.charge(caller, items.length);
    return { accepted: await submit(items, idempotency, readTraceparent(headerOf(request, 'traceparent'))) };
  }

  @Get('v1/content/:contentId/verdicts')
  @ApiOperation({
    summary: 'The verdicts of a content, newest first',
    description:
      'From the warehouse, so a verdict appears about a second after it was issued. Empty when there is none.',
  })
  @ApiParam({ name: 'contentId', description: 'URL-encoded: a slash is %2F.', schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'All channels', schema: schemaRef('StoredVerdicts') })
  @describeProblems([
    'invalid_request',
    'unauthenticated',
    'uri_too_long',
    'rate_limited',
    'internal',
    'overloaded',
    'unavailable',
  ])
  async verdicts(@Param('contentId') contentId: string, @Req() request: GatewayRequest): Promise<unknown> {
    const { door, verdictsOf } = this.gateway;
    const { platform } = door.callerOf(request.raw);
    const rows = await verdictsOf(platform, readContentId(contentId));
    return { contentId, verdicts: rows.map(viewOfRow) };
  }

  @Delete('v1/content/:contentId')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Erase a content: all revisions of it',
    description: 'Answered when the erasure is durable; `effects` says what happens where, and when.',
  })
  @ApiParam({ name: 'contentId', description: 'URL-encoded: a slash is %2F.', schema: { type: 'string' } })
  @ApiResponse({ status: 202, description: 'The erasure is durable', schema: schemaRef('Erased') })
  @describeProblems([
    'invalid_request',
    'unauthenticated',
    'uri_too_long',
    'rate_limited',
    'internal',
    'overloaded',
    'unavailable',
  ])
  async erase(@Param('contentId') id: string, @Req() request: GatewayRequest): Promise<unknown> {
    const { door, clock, writer } = this.gateway;
    const { platform, name } = door.callerOf(request.raw);
    const contentId = readContentId(id);
    const erasedAt = clock();
    const value = { contentId, platform, requestedBy: name, erasedAt };
    await within(
      gatewayLimits.acknowledgementMs,
      writer.write([{ topic: 'content.erased', key: contentKey(value), value }]),
    );
    return { contentId, erasedAt: new Date(erasedAt).toISOString(), effects: erasureEffects() };
  }

  /** Between replicas: the one that owns the partition decides. Never forwards again. */
  @Post(FORWARD_PATH)
  @HttpCode(200)
  @ApiExcludeEndpoint()
  async decide(@Body() body: unknown, @Req() request: GatewayRequest): Promise<unknown> {
    const { seal, desk } = this.gateway;
    if (!Buffer.isBuffer(body)) throw new Problem('unsupported_media_type', 'Only replicas may call this.');
    seal.check(headerOf(request, FORWARD_HEADER) ?? undefined, body);
    const { partition, claims, trace } = readBody(forwardSchema, JSON.parse(body.toString('utf8')));
    return { outcomes: await desk.decide(partition, claims, trace) };
  }
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** W3C trace context of the caller, which goes with the event; one of another form is left behind. */
function readTraceparent(header: string | null): string | null {
  return header !== null && TRACEPARENT.test(header) ? header : null;
}

function readContentId(contentId: string): string {
  const parsed = idSchema.safeParse(contentId);
  if (parsed.success && contentId.isWellFormed()) return contentId;
  const detail = 'Must be 1 to 256 characters without control characters.';
  throw new Problem('invalid_request', `contentId: ${detail}`, { errors: [{ pointer: '/contentId', detail }] });
}
