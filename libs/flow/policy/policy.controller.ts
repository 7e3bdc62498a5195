import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { PolicyPublished, PolicyRequested } from '#platform/contracts';
import { route, type HandlerResult, type Message, type Step } from '#platform/stream';
import { policyKey } from './publish-policy.js';

export const POLICY_STEP = Symbol('policy step');

@Controller()
export class PolicyController {
  constructor(@Inject(POLICY_STEP) private readonly step: Step<Message<PolicyRequested>, PolicyPublished>) {}

  @EventPattern('policy.requested')
  async answer(@Payload() batch: readonly Message<PolicyRequested>[]): Promise<HandlerResult> {
    const outcomes = await this.step(batch);
    return { outcomes: route(outcomes, (value) => ({ topic: 'policy.published', key: policyKey(value), value })) };
  }
}
