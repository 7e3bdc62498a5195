import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { contentKey, type PredictionScored } from '#platform/contracts';
import { route, type HandlerResult, type Message } from '#platform/stream';
import type { SamplingStep } from './sampling.step.js';

export const SAMPLING_STEP = Symbol('sampling step');

/** Patterns are lists: Nest types the further parameters of a handler with a single pattern as unknown. */
@Controller()
export class SamplingController {
  constructor(@Inject(SAMPLING_STEP) private readonly step: SamplingStep) {}

  @EventPattern(['prediction.scored'])
  async draw(@Payload() batch: readonly Message<PredictionScored>[]): Promise<HandlerResult> {
    const outcomes = await this.step(batch);
    return { outcomes: route(outcomes, (value) => ({ topic: 'sampling.drawn', key: contentKey(value), value })) };
  }
}
