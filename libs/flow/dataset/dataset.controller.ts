import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DatasetRequested } from '#platform/contracts';
import { skip, type HandlerResult, type Message } from '#platform/stream';

/**
 * Names by its group the replica that builds, and sends what cannot be decoded to the dead letters. A build takes minutes, longer than a group waits for
 * a member, so the runtime reads the journal by itself and says on another one what is done.
 */
@Controller()
export class DatasetController {
  @EventPattern('dataset.requested')
  note(@Payload() batch: readonly Message<DatasetRequested>[]): HandlerResult {
    return { outcomes: batch.map(() => skip('noted')) };
  }
}
