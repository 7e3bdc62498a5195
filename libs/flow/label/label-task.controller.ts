import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { ContentReported, LabelRequested, SamplingClosed } from '#platform/contracts';
import { InjectPlatform, type Platform } from '#platform/role';
import { emit, route, skip, type HandlerResult, type Message, type Outcome } from '#platform/stream';
import { taskOfDraw, taskOfReport } from './desk/open-tasks.js';

/** Opens tasks. It needs to know nothing, so every replica does it for the partitions that it owns. */
@Controller()
export class LabelTaskController {
  constructor(@InjectPlatform() private readonly platform: Platform) {}

  @EventPattern(['sampling.closed'])
  draws(@Payload() batch: readonly Message<SamplingClosed>[]): HandlerResult {
    const now = this.platform.clock();
    return { outcomes: opened(batch.map(({ value }) => emit(taskOfDraw(value, now)))) };
  }

  @EventPattern(['content.reported'])
  reports(@Payload() batch: readonly Message<ContentReported>[]): HandlerResult {
    const now = this.platform.clock();
    return {
      outcomes: opened(
        batch.map(({ value }) => {
          const task = taskOfReport(value, now);
          return task === null ? skip('suggestion') : emit(task);
        }),
      ),
    };
  }
}

function opened(outcomes: readonly Outcome<LabelRequested>[]): HandlerResult['outcomes'] {
  return route(outcomes, (value) => ({ topic: 'label.requested', key: value.taskId, value }));
}
