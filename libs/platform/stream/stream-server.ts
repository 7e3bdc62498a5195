import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { topicOf, type TopicName } from '#platform/contracts';
import type { Broker, Worker, WorkerHealth } from './broker.js';
import { FatalError } from './errors.js';
import { writeThroughDoors } from './writer.js';
import { createRunner, type BatchHandler, type HandlerResult, type RunnerOptions } from './runner.js';

export interface StreamServerOptions extends Omit<RunnerOptions, 'handlers'> {
  readonly broker: Broker;
  readonly maxChunk: number;
  readonly isPatient: boolean;
  /** Co-partitioned tables that the app writes in its flow transactions. */
  readonly tables: readonly TopicName[];
  readonly onFatal: (error: Error) => void;
}

/**
 * NestJS transport: `@EventPattern('<topic>')` handlers get a batch and return one outcome per message. Flow topics share one
 * exactly-once consumer; journals are read at least once, and what their handlers emit is durable before the offset is.
 */
export class StreamServer extends Server implements CustomTransportStrategy {
  /** Errors of a handler reach the runner, which classifies them. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly workers: Worker[] = [];

  constructor(private readonly options: StreamServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => {
      callback();
    }, callback);
  }

  /** Stops fetching, finishes the chunks in hand, leaves the groups. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  health(): readonly WorkerHealth[] {
    return this.workers.map((worker) => worker.health());
  }

  override on(): never {
    throw new Error('the stream transport has no client events');
  }

  /** There is no client library to unwrap: what is behind a worker is the broker's. */
  override unwrap(): never {
    throw new Error('the stream transport wraps no client');
  }

  private async start(): Promise<void> {
    const { app, broker } = this.options;
    const handlers = new Map<string, BatchHandler>();
    for (const [pattern, handler] of this.messageHandlers) {
      handlers.set(topicOf(pattern).name, async (batch, context) => {
        const returned: unknown = await handler(batch, context);
        return asResult(app, pattern, isObservable(returned) ? await lastValueFrom(returned) : returned);
      });
    }
    const runner = createRunner({ ...this.options, handlers });
    const topics = [...handlers.keys()].map(topicOf);
    const flows = topics.filter((topic) => topic.class === 'flow').map((topic) => topic.name);
    const journals = topics.filter((topic) => topic.class !== 'flow').map((topic) => topic.name);
    if (flows.length > 0) {
      const { maxChunk, isPatient, tables, onFatal } = this.options;
      this.workers.push(
        broker.flow.consume({ app, topics: flows, tables, maxChunk, isPatient, process: runner, onFatal }),
      );
    }
    if (journals.length > 0) {
      this.workers.push(
        broker.journal.read({
          app,
          topics: journals,
          process: async (batch) => {
            const { records } = await runner({ ...batch, carried: null, tables: new Map() });
            await writeThroughDoors(broker, records);
            return 'all';
          },
          onFatal: this.options.onFatal,
        }),
      );
    }
    await Promise.all(this.workers.map((worker) => worker.start()));
  }
}

function asResult(app: string, pattern: string, returned: unknown): HandlerResult {
  if (Array.isArray(returned)) return { outcomes: returned as HandlerResult['outcomes'] };
  if (typeof returned === 'object' && returned !== null && 'outcomes' in returned) return returned as HandlerResult;
  throw new FatalError('bug', `${app}: the handler of ${pattern} returned no outcomes`);
}
