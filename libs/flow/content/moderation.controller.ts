import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { contentKey, type ContentSubmitted } from '#platform/contracts';
import { gatewayLimits } from './content.config.js';
import { GATEWAY } from './content.tokens.js';
import type { Gateway, GatewayRequest } from './gateway.js';
import { within } from './http/deadline.js';
import { describeProblems, schemaRef } from './http/openapi.js';
import type { ModerationResult } from './moderation/category-map.js';
import { readModerationRequest } from './moderation/moderation-request.js';

interface HeaderReply {
  header(name: string, value: string): unknown;
}

const PROBLEMS = [
  'malformed_json',
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'not_found',
  'too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal',
  'overloaded',
  'unavailable',
] as const;

/** The endpoint that clients of OpenAI's moderation speak to with only their base URL changed. */
@ApiTags('moderations')
@Controller('v1')
export class ModerationController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Post('moderations')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Judge texts now, in the shape of OpenAI',
    description:
      'Judged by the deployment of the channel of the key, as the stream judges: for an equal deploymentId the scores and the verdict are ' +
      'equal. `harassment/threatening`, `self-harm/intent` and `self-harm/instructions` are false with score 0 unless a model covers them; ' +
      'what they would be is at most the score of their parent. `illicit` and `illicit/violent` are null then. Unless the key or ' +
      '`store: false` says otherwise the texts also become content.submitted events, durable before the answer.',
  })
  @ApiBody({ schema: schemaRef('ModerationRequest') })
  @ApiResponse({
    status: 200,
    description: 'One result for each string, one for an array of parts',
    schema: schemaRef('ModerationResponse'),
    headers: {
      'x-tidegate-deployment': {
        description: 'deploymentId that judged; several while a canary runs',
        schema: { type: 'string' },
      },
      'x-tidegate-model': { description: 'modelId that scored', schema: { type: 'string' } },
    },
  })
  @describeProblems(PROBLEMS, 'OpenAiError')
  async moderate(
    @Body() body: unknown,
    @Req() request: GatewayRequest,
    @Res({ passthrough: true }) reply: HeaderReply,
  ): Promise<{ readonly id: string; readonly model: string; readonly results: readonly ModerationResult[] }> {
    const { door, admission, clock, newId } = this.gateway;
    const caller = door.callerOf(request.raw);
    const { texts, model, store } = readModerationRequest(body);
    admission.charge(caller, texts.length);
    const id = `modr-${newId()}`;
    const now = clock();
    const contents = texts.map((text, index): ContentSubmitted => ({
      contentId: texts.length === 1 ? id : `${id}/${index}`,
      revision: 1,
      platform: caller.platform,
      kind: 'OTHER',
      text,
      language: null,
      authorId: null,
      conversationId: null,
      metadata: {},
      submittedAt: now,
    }));
    const { results, deploymentIds, modelIds } = await this.gateway.moderate(caller.channel, contents);
    if (store && caller.storesSynchronous) await this.publish(contents);
    reply.header('x-tidegate-deployment', deploymentIds.join(', '));
    reply.header('x-tidegate-model', modelIds.join(', '));
    return { id, model: model ?? modelIds.join(', '), results };
  }

  /** The answer waits: a stored call that is not stored would be missing from sampling and live quality without a trace. */
  private publish(contents: readonly ContentSubmitted[]): Promise<void> {
    const emissions = contents.map((value) => ({ topic: 'content.submitted' as const, key: contentKey(value), value }));
    return within(gatewayLimits.acknowledgementMs, this.gateway.writer.write(emissions));
  }
}
