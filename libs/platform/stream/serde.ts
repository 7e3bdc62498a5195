import type { EventOf, RejectReason, TopicName } from '#platform/contracts';
import type { StoredRecord } from './record.js';

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: RejectReason; readonly detail: string };

/** Between events and Confluent-framed Avro bytes. */
export interface Serde {
  /** Registers or looks up the schemas of these topics, so that `encode` is synchronous. */
  prepare(topics: readonly TopicName[]): Promise<void>;
  /** @throws Error that names the field (a bug of the caller, fatal), or when the topic was not prepared. */
  encode<N extends TopicName>(topic: N, value: EventOf<N>): Buffer;
  /**
   * Decodes in order; bytes of topics that outsiders write to pass the guard first.
   * @throws RetryableError `registry_unavailable` when an id is not known yet and the registry cannot be asked.
   */
  decode<N extends TopicName>(topic: N, records: readonly StoredRecord[]): Promise<readonly Decoded<EventOf<N>>[]>;
  /**
   * Where in its value the Avro body of a record begins that this release's own schema wrote (equal fingerprint): for who reads the bytes by
   * that schema without decoding them. Null for whatever needs `decode` to say what it is: another or a not yet known schema, a value that is
   * missing, too large or no frame, and all topics that outsiders write to. Never asks the registry. A body may still be damaged.
   */
  ownBodyAt(topic: TopicName, record: StoredRecord): number | null;
}
