import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { contentKey, type ContentSubmitted } from '#platform/contracts';
import { route, type HandlerResult, type Message, type PartitionContext } from '#platform/stream';
import type { PredictionRuntime } from './prediction-runtime.js';

export const PREDICTION_RUNTIME = Symbol('prediction runtime');

/** Patterns are lists: Nest types the further parameters of a handler with a single pattern as unknown. */
@Controller()
export class PredictionController {
  constructor(@Inject(PREDICTION_RUNTIME) private readonly runtime: PredictionRuntime) {}

  @EventPattern(['content.submitted'])
  async predict(
    @Payload() batch: readonly Message<ContentSubmitted>[],
    @Ctx() context: PartitionContext,
  ): Promise<HandlerResult> {
    const { outcomes, carry } = await this.runtime.step(batch, context);
    return {
      outcomes: route(outcomes, (value) => ({ topic: 'prediction.scored', key: contentKey(value), value })),
      carry,
    };
  }
}
