import type { KafkaLogger } from '#platform/kafka';

/** Clients of the benchmark tell by their errors. */
export const quiet: KafkaLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Nobody reads it.
}
