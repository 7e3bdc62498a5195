import type { KafkaConfig } from 'kafkajs';

/** Fields as pino takes them: `logger.info({ event, ... })`. */
export interface KafkaLogger {
  debug(fields: object): void;
  info(fields: object): void;
  warn(fields: object): void;
  error(fields: object): void;
}

/** How to reach the cluster. TLS and SASL (PLAIN, SCRAM, OAUTHBEARER) are handed to the client as they are. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before every topic, group and transactional id; `''` for none. */
  readonly prefix: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  readonly logger: KafkaLogger;
  readonly connectionTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

/** Where a process can be killed on purpose (streaming 6, fault 1). */
export type FaultPoint = 'before_send' | 'after_send' | 'after_send_offsets' | 'after_commit';

/** Connected to metrics by the caller; labels are topics and apps, never content. */
export interface KafkaObserver {
  onTransaction?(app: string, records: number, seconds: number): void;
  onAbort?(app: string, reason: string): void;
  onFenced?(app: string): void;
  onRebalance?(app: string, seconds: number): void;
  onRestore?(app: string, topic: string, entries: number, seconds: number): void;
}

export interface KafkaBrokerOptions extends KafkaConnection {
  /** Header `tidegate-release` of records that do not say it themselves. */
  readonly release: string;
  /** A rebalance is noticed after at most this long; measured join times are 1.5 s, 0.6 s, 0.07 s at 3,000, 1,000, 300 ms. */
  readonly heartbeatMs?: number;
  /** Must be longer than three times the longest chunk (streaming 1). */
  readonly sessionTimeoutMs?: number;
  /** Must be longer than the request timeout (streaming 2): what is in flight must not outlive its transaction. */
  readonly transactionTimeoutMs?: number;
  /** No sign of life, or lag without progress, for this long is fatal. */
  readonly stallMs?: number;
  readonly maxBytesPerPartition?: number;
  readonly maxBytes?: number;
  /**
   * How long a fetch waits for more records. Each chunk is a transaction of five requests, and each request costs client and broker
   * about as much as ten records: longer saves CPU time and costs latency, once per stage. 0 waits for the first record only.
   */
  readonly gatherMs?: number;
  /** Keys of all partitions of an owned table that are kept in memory; the oldest are forgotten first. */
  readonly maxTableKeys?: number;
  readonly clock?: () => number;
  readonly observe?: KafkaObserver;
  readonly faultPoint?: (point: FaultPoint) => Promise<void> | void;
}

export interface KafkaSettings extends Required<
  Omit<KafkaBrokerOptions, 'ssl' | 'sasl' | 'faultPoint' | 'connectionTimeoutMs'>
> {
  readonly faultPoint: ((point: FaultPoint) => Promise<void> | void) | null;
}

/** @throws Error that names the option. */
export function settingsOf(options: KafkaBrokerOptions): KafkaSettings {
  const settings: KafkaSettings = {
    brokers: options.brokers,
    clientId: options.clientId,
    prefix: options.prefix,
    logger: options.logger,
    release: options.release,
    heartbeatMs: options.heartbeatMs ?? 1_000,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    transactionTimeoutMs: options.transactionTimeoutMs ?? 40_000,
    stallMs: options.stallMs ?? 120_000,
    maxBytesPerPartition: options.maxBytesPerPartition ?? 1_048_576,
    maxBytes: options.maxBytes ?? 8_388_608,
    gatherMs: options.gatherMs ?? 100,
    maxTableKeys: options.maxTableKeys ?? 5_000_000,
    clock: options.clock ?? Date.now,
    observe: options.observe ?? {},
    faultPoint: options.faultPoint ?? null,
  };
  if (settings.sessionTimeoutMs < 3 * settings.heartbeatMs) {
    throw new Error(
      `sessionTimeoutMs (${settings.sessionTimeoutMs}) must be at least three times heartbeatMs (${settings.heartbeatMs})`,
    );
  }
  if (settings.transactionTimeoutMs <= settings.requestTimeoutMs) {
    throw new Error(
      `transactionTimeoutMs (${settings.transactionTimeoutMs}) must be longer than requestTimeoutMs (${settings.requestTimeoutMs})`,
    );
  }
  return settings;
}
