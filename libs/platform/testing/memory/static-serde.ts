import {
  codecFor,
  HEADER_BYTES,
  schemaIdOf,
  schemas,
  topicOf,
  unframe,
  type EventOf,
  type Rejection,
  type SchemaName,
  type TopicName,
} from '#platform/contracts';
import type { Decoded, Serde, StoredRecord } from '#platform/stream';

const names = Object.keys(schemas) as SchemaName[];

/** Schema ids as a registry would give them, fixed: for the in-memory broker. */
export function createStaticSerde(): Serde {
  const idOf = (topic: TopicName) => names.indexOf(topicOf(topic).schema) + 1;

  function decodeOne<N extends TopicName>(topic: N, record: StoredRecord): Decoded<EventOf<N>> {
    const { outsidersWrite, maxBytes } = topicOf(topic);
    const unframed = unframe(record.value, maxBytes);
    if (!unframed.ok) return refused(unframed.rejection);
    const { schemaId, body } = unframed.frame;
    if (schemaId !== idOf(topic)) {
      const code = names[schemaId - 1] === undefined ? 'unknown_schema' : 'foreign_schema';
      return refused({ code, detail: `schema id ${schemaId}` });
    }
    const codec = codecFor(topic);
    const rejection = outsidersWrite ? codec.guard(body) : null;
    if (rejection !== null) return refused(rejection);
    try {
      return { ok: true, value: codec.decode(body) };
    } catch {
      return refused(codec.guard(body) ?? { code: 'truncated', detail: 'the schema does not fit the bytes' });
    }
  }

  return {
    prepare: () => Promise.resolve(),
    encode: (topic, value) => codecFor(topic).encodeFramed(idOf(topic), value),
    decode: (topic, records) => Promise.resolve(records.map((record) => decodeOne(topic, record))),
    ownBodyAt: (topic, { value }) => {
      const { outsidersWrite, maxBytes } = topicOf(topic);
      return !outsidersWrite && schemaIdOf(value, maxBytes) === idOf(topic) ? HEADER_BYTES : null;
    },
  };
}

function refused({ code, detail }: Rejection): {
  readonly ok: false;
  readonly reason: Rejection['code'];
  readonly detail: string;
} {
  return { ok: false, reason: code, detail };
}
