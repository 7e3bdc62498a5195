import type { KafkaLogger } from '../options.js';

/** Tests look at behaviour, not at logs. */
export const quiet: KafkaLogger = { debug: none, info: none, warn: none, error: none };

function none(): void {
  // Nothing is kept.
}
