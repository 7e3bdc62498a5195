import type { Kafka } from 'kafkajs';
import type { SoleWriter } from '#platform/stream';
import { classifyKafka } from './kafka-errors.js';
import type { Names } from './names.js';
import type { KafkaSettings } from './options.js';
import { openTransactionWriter } from './transaction-writer.js';

/** An app without flows has one place in which only one member may write. */
const ONLY = 0;

/**
 * InitProducerId fences whoever wrote under the app's transactional id before, and ends its open transaction, before this resolves: what the
 * cluster shows from then on is all that the predecessor will ever have written.
 */
export async function takeOver(
  kafka: Kafka,
  settings: KafkaSettings,
  names: Names,
  { app }: { readonly app: string },
): Promise<SoleWriter> {
  const transactionalId = names.transactionalId(app, ONLY);
  try {
    const writer = await openTransactionWriter({
      kafka,
      names,
      transactionalId,
      transactionTimeoutMs: settings.transactionTimeoutMs,
      requestTimeoutMs: settings.requestTimeoutMs,
      faultPoint: settings.faultPoint,
      heartbeat: () => Promise.resolve(),
    });
    return {
      write: async (records) => {
        const began = performance.now();
        try {
          await writer.commit({ records });
        } catch (error) {
          const classified = classifyKafka(error, `${app}: cannot write under ${transactionalId}`);
          settings.observe.onAbort?.(app, classified.code);
          throw classified;
        }
        settings.observe.onTransaction?.(app, records.length, (performance.now() - began) / 1000);
      },
      close: () => writer.abandon(),
    };
  } catch (error) {
    throw classifyKafka(error, `${app}: cannot take over ${transactionalId}`);
  }
}
