import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { gatewayLimits } from './content.config.js';
import { GATEWAY } from './content.tokens.js';
import { headerOf, type Gateway, type GatewayRequest } from './gateway.js';
import { describeProblems } from './http/openapi.js';
import { Problem } from './http/problem.js';
import { securityHeaders } from './http/security-headers.js';
import { createEventSink } from './verdicts/event-sink.js';
import { createStreamSlots, type StreamSlots } from './verdicts/stream-slots.js';
import { parsePosition } from './verdicts/stream-position.js';
import { readStreamQuery } from './verdicts/stream-query.js';
import { streamVerdicts } from './verdicts/verdict-stream.js';

interface HijackableReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

/** Verdicts as they are issued, for consumers that do not speak Kafka. */
@ApiTags('verdicts')
@Controller('v1/verdicts')
export class VerdictStreamController {
  private readonly slots: StreamSlots;

  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {
    this.slots = createStreamSlots({ streams: gatewayLimits.streams, perCaller: gatewayLimits.streamsPerCaller });
  }

  @Get('stream')
  @ApiOperation({
    summary: 'Verdicts of one channel as server-sent events',
    description:
      'Each event has the type `verdict`, a Verdict as data, and an id that holds the position in every partition. After a break send the ' +
      'last id as Last-Event-ID: the stream goes on right behind it, at any replica, for as long as the topic keeps its records. Without it ' +
      'the stream begins now. A comment every 10 seconds keeps the connection open. A reader that takes nothing for 60 seconds is cut off.',
  })
  @ApiQuery({
    name: 'channel',
    required: false,
    schema: { type: 'string' },
    description: 'Default: the channel of the key.',
  })
  @ApiQuery({
    name: 'platform',
    required: false,
    schema: { type: 'string' },
    description: 'Must be the platform of the key.',
  })
  @ApiHeader({ name: 'last-event-id', required: false, schema: { type: 'string' }, example: 'public~0-17.3-4' })
  @ApiResponse({
    status: 200,
    description: 'Open-ended',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @describeProblems(['invalid_request', 'unauthenticated', 'forbidden', 'rate_limited', 'overloaded', 'unavailable'])
  stream(@Query() query: unknown, @Req() request: GatewayRequest, @Res() reply: HijackableReply): void {
    const { door, journal, serde, channels, stopping, onStreamFailure } = this.gateway;
    const caller = door.callerOf(request.raw);
    const { channel } = readStreamQuery(query, caller, channels);
    const lastId = headerOf(request, 'last-event-id');
    const from = lastId === null || lastId === '' ? null : parsePosition(channel, lastId);
    if (stopping.aborted) throw new Problem('unavailable', 'The gateway is stopping.', { retryAfterSeconds: 1 });
    const leaveSlot = this.slots.take(caller.id);

    reply.hijack();
    const { raw } = reply;
    const closed = new AbortController();
    raw.once('close', () => {
      closed.abort();
    });
    raw.writeHead(200, {
      ...securityHeaders('/v1/verdicts/stream'),
      'content-type': 'text/event-stream; charset=utf-8',
      // A proxy that collects the answer before it passes it on would hold verdicts back.
      'x-accel-buffering': 'no',
    });
    // Headers leave with the first bytes: without these a client would wait for the first verdict to know that it is connected.
    raw.write('retry: 2000\n\n');
    // An open stream counts against the limit of streams, not against that of calls in flight.
    door.leave(request.raw);
    const sink = createEventSink(raw, gatewayLimits.stalledReaderMs);
    const stream = streamVerdicts({
      journal,
      serde,
      channel,
      platform: caller.platform,
      from,
      sink,
      signal: AbortSignal.any([closed.signal, stopping]),
    });
    const heart = setInterval(() => void stream.heartbeat(), gatewayLimits.heartbeatMs);
    void stream.ended.catch(onStreamFailure).finally(() => {
      clearInterval(heart);
      leaveSlot();
      raw.end();
    });
  }
}
