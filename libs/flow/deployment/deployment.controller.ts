import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DeploymentRequested } from '#platform/contracts';
import type { HandlerResult, Message } from '#platform/stream';
import type { DeploymentRuntime } from './deployment-runtime.js';

export const DEPLOYMENT_RUNTIME = Symbol('deployment runtime');

@Controller()
export class DeploymentController {
  constructor(@Inject(DEPLOYMENT_RUNTIME) private readonly runtime: DeploymentRuntime) {}

  @EventPattern('deployment.requested')
  async answer(@Payload() batch: readonly Message<DeploymentRequested>[]): Promise<HandlerResult> {
    return { outcomes: await this.runtime.answer(batch) };
  }
}
