import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import {
  codecFor,
  HEADER_BYTES,
  resolverFor,
  schemaIdOf,
  topicOf,
  unframe,
  type Codec,
  type EventOf,
  type RejectReason,
  type Resolution,
  type Topic,
  type TopicName,
} from '#platform/contracts';
import { FatalError, RetryableError, type Decoded, type Serde, type StoredRecord } from '#platform/stream';
import { namesOf } from './names.js';

/** Ids are 32-bit signed and count from 1. */
const LARGEST_ID = 2_147_483_647;
/** A schema that is refused this often is incompatible, and not one that somebody else is registering. */
const REGISTER_ATTEMPTS = 6;
const REGISTER_AGAIN_MS = 50;
/** A subject that is still without compatibility after so many attempts was left so by somebody who is no more. */
const LEFT_ALONE_AFTER = 3;
/** What the registry did not know is asked again after this long: a platform may have registered since. */
const REFUSED_FOR_MS = 5_000;
const MAX_REFUSED = 10_000;
/** Deleted versions leave holes, and no subject has that many. */
const MAX_VERSIONS = 10_000;
const LIST_AGAIN_MS = 1_000;

export interface RegistrySerdeOptions {
  readonly url: string;
  /** Of the topics; the subject is `<prefixed topic>-value`. */
  readonly prefix: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** Keeps the ids and schemas over restarts, so that a role starts while the registry is away. */
  readonly cacheFile?: string;
  readonly clock?: () => number;
}

type AnyEvent = EventOf<TopicName>;

/** What is known of one topic. */
interface Subject {
  readonly name: string;
  readonly topic: Topic;
  readonly codec: Codec<AnyEvent>;
  /** Schema that `encode` writes with. */
  ownId: number | null;
  /** Under way: the roles of one process share it. */
  registering: Promise<void> | null;
  readonly resolutions: Map<number, Resolution<AnyEvent>>;
  readonly refused: Map<number, { readonly reason: RejectReason; readonly detail: string; readonly until: number }>;
  ids: ReadonlySet<number>;
  listedAt: number;
}

/** As kept in the file: own id by subject and fingerprint, schema text by subject and id. */
interface Cache {
  readonly own: Record<string, number>;
  readonly schemas: Record<string, string>;
}

/**
 * Confluent-framed Avro. A schema id is accepted when the registry lists it under the subject of the topic; ids are asked for once.
 * While the registry is away, known ids keep flowing and unknown ones wait: they are no dead letters (streaming 6, fault 9).
 */
export function createRegistrySerde(options: RegistrySerdeOptions): Serde {
  const clock = options.clock ?? Date.now;
  const names = namesOf(options.prefix);
  const registry = new SchemaRegistry({
    host: options.url,
    retry: { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
    ...(options.auth === undefined ? {} : { auth: options.auth }),
  });
  const subjects = new Map<string, Subject>();
  let cache: Promise<Cache> | null = null;
  let saving: Promise<void> = Promise.resolve();

  function subjectOf(name: TopicName): Subject {
    let subject = subjects.get(name);
    if (subject === undefined) {
      subject = {
        name: `${names.topic(name)}-value`,
        topic: topicOf(name),
        codec: codecFor(name),
        ownId: null,
        registering: null,
        resolutions: new Map(),
        refused: new Map(),
        ids: new Set(),
        listedAt: -Infinity,
      };
      subjects.set(name, subject);
    }
    return subject;
  }

  async function register(subject: Subject): Promise<void> {
    const known = await loadCache();
    const key = `${subject.name} ${subject.codec.fingerprint}`;
    let id: number;
    try {
      id = await registerPatiently(subject);
    } catch (error) {
      const classified = classifyRegistry(error, `cannot register the schema of ${subject.name}`);
      const cachedId = known.own[key];
      if (classified instanceof FatalError || cachedId === undefined) throw classified;
      id = cachedId;
    }
    subject.ownId = id;
    subject.resolutions.set(id, resolverFor(subject.topic.schema, subject.codec.schema) as Resolution<AnyEvent>);
    const isAnotherRegistry = known.own[key] !== undefined && known.own[key] !== id;
    await remember((next) => {
      // Ids that were given by a registry which is no more must not be read with its schemas.
      if (isAnotherRegistry) Object.assign(next, { own: {}, schemas: {} });
      next.own[key] = id;
      next.schemas[`${subject.name} ${id}`] = subject.codec.schema;
    });
  }

  /** Several processes start at once and register the same schema: the registry lets one through. */
  async function registerPatiently(subject: Subject): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        const registered = await registry.register(
          { type: SchemaType.AVRO, schema: subject.codec.schema },
          { subject: subject.name, compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE },
        );
        return registered.id;
      } catch (error) {
        if (!mayPass(error) || attempt === REGISTER_ATTEMPTS) throw error;
        await sleep(attempt * REGISTER_AGAIN_MS);
        if (isCompatibilityError(error) && attempt >= LEFT_ALONE_AFTER) await complete(subject);
      }
    }
  }

  /**
   * The client registers the first schema of a subject and then sets its compatibility: whoever ends between the two leaves a subject
   * without one, which every later start would refuse. Registries report that as NONE, which no subject of ours is meant to be.
   */
  async function complete({ name }: Subject): Promise<void> {
    const address = `${options.url}/config/${encodeURIComponent(name)}`;
    const headers = {
      'content-type': 'application/vnd.schemaregistry.v1+json',
      ...(options.auth === undefined ? {} : { authorization: basic(options.auth) }),
    };
    const found: unknown = await (await fetch(address, { headers })).json();
    if (typeof found !== 'object' || found === null || !('compatibilityLevel' in found)) return;
    if (found.compatibilityLevel !== COMPATIBILITY.NONE) return;
    const body = JSON.stringify({ compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE });
    await fetch(address, { method: 'PUT', headers, body });
  }

  /** @throws RetryableError when the registry cannot be asked. */
  async function resolve(subject: Subject, id: number): Promise<void> {
    const known = await loadCache();
    const cached = known.schemas[`${subject.name} ${id}`];
    if (cached !== undefined) {
      subject.resolutions.set(id, resolverFor(subject.topic.schema, cached) as Resolution<AnyEvent>);
      return;
    }
    if (id < 1 || id > LARGEST_ID) {
      refuse(subject, id, 'unknown_schema', `schema id ${id} is outside of the range of ids`);
      return;
    }
    if (!(await listed(subject)).has(id)) {
      const isKnown = (await schemaText(id)) !== null;
      if (isKnown) refuse(subject, id, 'foreign_schema', `schema id ${id} is not of the subject ${subject.name}`);
      else refuse(subject, id, 'unknown_schema', `the registry does not know schema id ${id}`);
      return;
    }
    const text = await schemaText(id);
    if (text === null) {
      refuse(subject, id, 'unknown_schema', `the registry does not know schema id ${id}`);
      return;
    }
    subject.resolutions.set(id, resolverFor(subject.topic.schema, text) as Resolution<AnyEvent>);
    await remember((next) => {
      next.schemas[`${subject.name} ${id}`] = text;
    });
  }

  function refuse(subject: Subject, id: number, reason: RejectReason, detail: string): void {
    // Whoever writes to the topic chooses the ids: what is kept of them is bounded.
    if (subject.refused.size >= MAX_REFUSED) subject.refused.clear();
    subject.refused.set(id, { reason, detail, until: clock() + REFUSED_FOR_MS });
  }

  /** Ids of all versions of a subject; not asked more than once a second. */
  async function listed(subject: Subject): Promise<ReadonlySet<number>> {
    if (clock() - subject.listedAt < LIST_AGAIN_MS) return subject.ids;
    const ids = new Set<number>();
    const latest = await idOf(subject.name, 'latest');
    if (latest !== null) {
      for (let version = 1; version <= MAX_VERSIONS; version++) {
        const id = await idOf(subject.name, version);
        if (id !== null) ids.add(id);
        if (id === latest) break;
      }
    }
    subject.ids = ids;
    subject.listedAt = clock();
    return ids;
  }

  async function idOf(subject: string, version: number | 'latest'): Promise<number | null> {
    try {
      return await registry.getRegistryId(subject, version);
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw classifyRegistry(error, `cannot look up version ${version} of ${subject}`);
    }
  }

  async function schemaText(id: number): Promise<string | null> {
    try {
      const schema: unknown = await registry.getSchema(id);
      if (isAvroType(schema)) return JSON.stringify(schema.schema({ exportAttrs: true }));
      return 'not Avro';
    } catch (error) {
      if (statusOf(error) === 404) return null;
      if (statusOf(error) === null) return 'not Avro';
      throw classifyRegistry(error, `cannot look up schema id ${id}`);
    }
  }

  function loadCache(): Promise<Cache> {
    cache ??=
      options.cacheFile === undefined ? Promise.resolve({ own: {}, schemas: {} }) : readCache(options.cacheFile);
    return cache;
  }

  async function remember(change: (cache: Cache) => void): Promise<void> {
    const known = await loadCache();
    change(known);
    const { cacheFile } = options;
    if (cacheFile === undefined) return;
    // An aid for a start without the registry: where nothing can be written, for example in a container, there is none.
    saving = saving.then(() => saveCache(cacheFile, known)).catch(() => undefined);
    await saving;
  }

  function decodeOne(subject: Subject, record: StoredRecord): Decoded<AnyEvent> | number {
    const unframed = unframe(record.value, subject.topic.maxBytes);
    if (!unframed.ok) return { ok: false, reason: unframed.rejection.code, detail: unframed.rejection.detail };
    const { schemaId, body } = unframed.frame;
    const resolution = subject.resolutions.get(schemaId);
    if (resolution === undefined) {
      const refused = subject.refused.get(schemaId);
      return refused !== undefined && refused.until > clock()
        ? { ok: false, reason: refused.reason, detail: refused.detail }
        : schemaId;
    }
    if (!resolution.ok) return { ok: false, reason: resolution.rejection.code, detail: resolution.rejection.detail };
    const rejection = subject.topic.outsidersWrite ? resolution.guard(body) : null;
    if (rejection !== null) return { ok: false, reason: rejection.code, detail: rejection.detail };
    try {
      return { ok: true, value: resolution.decode(body) };
    } catch {
      // Bytes of our own stages are decoded without the guard; it knows what is wrong with them.
      const found = resolution.guard(body);
      return {
        ok: false,
        reason: found?.code ?? 'truncated',
        detail: found?.detail ?? 'the schema does not fit the bytes',
      };
    }
  }

  return {
    async prepare(topics) {
      await Promise.all(
        topics.map(async (topic) => {
          const subject = subjectOf(topic);
          if (subject.ownId !== null) return;
          subject.registering ??= register(subject).finally(() => {
            subject.registering = null;
          });
          await subject.registering;
        }),
      );
    },
    encode(topic, value) {
      const subject = subjectOf(topic);
      if (subject.ownId === null)
        throw new FatalError('bug', `${topic} was not prepared before something is written to it`);
      return subject.codec.encodeFramed(subject.ownId, value as AnyEvent);
    },
    async decode<N extends TopicName>(topic: N, records: readonly StoredRecord[]) {
      const subject = subjectOf(topic);
      const decoded: Decoded<AnyEvent>[] = [];
      for (const record of records) {
        let outcome = decodeOne(subject, record);
        if (typeof outcome === 'number') {
          await resolve(subject, outcome);
          outcome = decodeOne(subject, record);
        }
        decoded.push(
          typeof outcome === 'number'
            ? { ok: false, reason: 'unknown_schema', detail: `schema id ${outcome} was refused` }
            : outcome,
        );
      }
      return decoded as readonly Decoded<EventOf<N>>[];
    },
    ownBodyAt(name, { value }) {
      const subject = subjectOf(name);
      if (subject.topic.outsidersWrite) return null;
      const schemaId = schemaIdOf(value, subject.topic.maxBytes);
      if (schemaId === null) return null;
      if (schemaId === subject.ownId) return HEADER_BYTES;
      // Texts that differ in documentation alone have ids of their own and the codec's own decoder.
      const resolution = subject.resolutions.get(schemaId);
      return resolution?.ok === true && resolution.decode === subject.codec.decode ? HEADER_BYTES : null;
    },
  };
}

/**
 * What the others meet: 409, a server error, or a subject that is there while its compatibility is not set yet.
 */
function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== null && (status === 409 || status >= 500)) return true;
  return isCompatibilityError(error);
}

function isCompatibilityError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConfluentSchemaRegistryCompatibilityError';
}

function basic({ username, password }: NonNullable<RegistrySerdeOptions['auth']>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The client answers a refused connection with status 400; what the registry itself says by status is 404, 409 and 422. */
function classifyRegistry(error: unknown, doing: string): RetryableError | FatalError {
  if (error instanceof RetryableError || error instanceof FatalError) return error;
  const status = statusOf(error);
  const cause = { cause: error };
  if (status === 409) return new FatalError('configuration', `${doing}: not compatible with an earlier version`, cause);
  if (status === 422)
    return new FatalError('configuration', `${doing}: the registry takes the schema for invalid`, cause);
  if (status === 401 || status === 403)
    return new FatalError('configuration', `${doing}: not allowed (${status})`, cause);
  if (status !== null) return new RetryableError('registry_unavailable', `${doing}: no answer (${status})`, cause);
  const message = error instanceof Error ? error.message : 'unknown';
  return isCompatibilityError(error)
    ? new FatalError('configuration', `${doing}: ${message}; set the subject to BACKWARD_TRANSITIVE`, cause)
    : new FatalError('unknown', `${doing}: ${message}`, cause);
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;
}

function isAvroType(schema: unknown): schema is { schema(options: { readonly exportAttrs: boolean }): unknown } {
  return typeof schema === 'object' && schema !== null && 'schema' in schema && typeof schema.schema === 'function';
}

async function readCache(file: string): Promise<Cache> {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof read === 'object' && read !== null && 'own' in read && 'schemas' in read) return read as Cache;
  } catch {
    // Missing or torn: the registry is asked.
  }
  return { own: {}, schemas: {} };
}

async function saveCache(file: string, cache: Cache): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, JSON.stringify(cache));
  await rename(draft, file);
}
