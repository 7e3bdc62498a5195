import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codecFor, frame, type EventOf } from '#platform/contracts';
import { startStack, type RunningStack } from '#platform/stack';
import { RetryableError, type StoredRecord } from '#platform/stream';
import { loadExamples } from '#platform/testing';
import { createRegistrySerde } from './registry-serde.js';

const TOPIC = 'content.erased';
const erased: EventOf<typeof TOPIC> = { contentId: 'a', platform: 'demo', requestedBy: null, erasedAt: 1 };
const DEAD_URL = 'http://127.0.0.1:9';

let home: string;
let stack: RunningStack;
let url: string;
let prefixes = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidegate-registry-'));
  stack = await startStack({ home, parts: ['registry'], ports: { registry: 0 } });
  url = stack.registryUrl;
}, 90_000);
afterAll(async () => {
  await stack.stop();
  await rm(home, { recursive: true, force: true });
}, 60_000);

const newPrefix = (): string => `t${prefixes++}`;

function stored(value: Buffer): StoredRecord {
  return { topic: TOPIC, partition: 0, offset: 0, key: null, value, headers: {}, timestamp: 0 };
}

/** As another client does, without a compatibility. */
async function registerAlone(prefix: string, schema = codecFor(TOPIC).schema): Promise<Response> {
  return await fetch(`${url}/subjects/${prefix}.${TOPIC}-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
}

test('what one process wrote another one reads, and registering again changes no id', async () => {
  const prefix = newPrefix();
  const writer = createRegistrySerde({ url, prefix });
  await writer.prepare([TOPIC]);
  const bytes = writer.encode(TOPIC, erased);
  const again = createRegistrySerde({ url, prefix });
  await again.prepare([TOPIC]);
  expect(again.encode(TOPIC, erased)).toEqual(bytes);
  const reader = createRegistrySerde({ url, prefix });
  expect(await reader.decode(TOPIC, [stored(bytes)])).toEqual([{ ok: true, value: erased }]);
});

test('the body of an own record is found without the registry, and of no other record', async () => {
  const prefix = newPrefix();
  const serde = createRegistrySerde({ url, prefix });
  await serde.prepare([TOPIC, 'content.submitted', 'policy.requested']);
  const bytes = serde.encode(TOPIC, erased);
  const body = codecFor(TOPIC).encode(erased);
  expect(bytes.subarray(serde.ownBodyAt(TOPIC, stored(bytes)) ?? 0)).toEqual(body);
  const answer = await fetch(`${url}/subjects/${prefix}.policy.requested-value/versions/latest`);
  const { id } = (await answer.json()) as { readonly id: number };
  const foreign = [frame(id, body), frame(987_654, body), Buffer.from('no frame'), bytes.subarray(0, 3)];
  for (const value of foreign) expect(serde.ownBodyAt(TOPIC, stored(value))).toBeNull();
  expect(serde.ownBodyAt(TOPIC, stored(frame(bytes.readUInt32BE(1), Buffer.alloc(5000))))).toBeNull();
  expect(serde.ownBodyAt(TOPIC, { ...stored(bytes), value: null })).toBeNull();
  const [submitted] = loadExamples('content/submitted');
  if (submitted === undefined) throw new Error('no example');
  expect(serde.ownBodyAt('content.submitted', stored(serde.encode('content.submitted', submitted.event)))).toBeNull();
});

test('another text of the own schema counts as the own schema once it was seen', async () => {
  const prefix = newPrefix();
  const registered = await registerAlone(prefix, codecFor(TOPIC).schema.replace('"doc":"', '"doc":"Formerly: '));
  const { id } = (await registered.json()) as { readonly id: number };
  const serde = createRegistrySerde({ url, prefix });
  const body = codecFor(TOPIC).encode(erased);
  const record = stored(frame(id, body));
  expect(serde.ownBodyAt(TOPIC, record)).toBeNull();
  expect(await serde.decode(TOPIC, [record])).toEqual([{ ok: true, value: erased }]);
  expect(serde.ownBodyAt(TOPIC, record)).toBe(5);
});

test('a subject whose first registration was cut off before its compatibility was set gets it', async () => {
  const prefix = newPrefix();
  expect((await registerAlone(prefix)).ok).toBe(true);
  await createRegistrySerde({ url, prefix }).prepare([TOPIC]);
  const answer = await fetch(`${url}/config/${prefix}.${TOPIC}-value`);
  expect(await answer.json()).toMatchObject({ compatibilityLevel: 'BACKWARD_TRANSITIVE' });
});

test('a subject to which somebody gave another compatibility is left as it is, and the error says what to do', async () => {
  const prefix = newPrefix();
  await registerAlone(prefix);
  const config = `${url}/config/${prefix}.${TOPIC}-value`;
  await fetch(config, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: 'FORWARD' }),
  });
  await expect(createRegistrySerde({ url, prefix }).prepare([TOPIC])).rejects.toThrow(
    /BACKWARD_TRANSITIVE != FORWARD\); set the subject to BACKWARD_TRANSITIVE/,
  );
  expect(await (await fetch(config)).json()).toMatchObject({ compatibilityLevel: 'FORWARD' });
});

test('subjects are BACKWARD_TRANSITIVE', async () => {
  const prefix = newPrefix();
  await createRegistrySerde({ url, prefix }).prepare([TOPIC]);
  const answer = await fetch(`${url}/config/${prefix}.${TOPIC}-value`);
  expect(await answer.json()).toMatchObject({ compatibilityLevel: 'BACKWARD_TRANSITIVE' });
});

test('an id of another subject and an id that nobody knows are rejected, each under its own name', async () => {
  const prefix = newPrefix();
  const serde = createRegistrySerde({ url, prefix });
  await serde.prepare([TOPIC, 'policy.requested']);
  const answer = await fetch(`${url}/subjects/${prefix}.policy.requested-value/versions/latest`);
  const { id } = (await answer.json()) as { readonly id: number };
  const body = codecFor(TOPIC).encode(erased);
  const decoded = await serde.decode(TOPIC, [
    stored(frame(id, body)),
    stored(frame(987_654, body)),
    stored(frame(4_294_967_295, body)),
    stored(frame(0, body)),
    stored(Buffer.from('no frame')),
  ]);
  expect(decoded.map((outcome) => (outcome.ok ? 'ok' : outcome.reason))).toEqual([
    'foreign_schema',
    'unknown_schema',
    'unknown_schema',
    'unknown_schema',
    'bad_magic',
  ]);
});

test('while the registry is away known ids flow and unknown ones wait', async () => {
  const prefix = newPrefix();
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-ids-'));
  const cacheFile = join(folder, 'ids.json');
  await createRegistrySerde({ url, prefix, cacheFile }).prepare([TOPIC]);
  const away = createRegistrySerde({ url: DEAD_URL, prefix, cacheFile });
  await away.prepare([TOPIC]);
  const bytes = away.encode(TOPIC, erased);
  expect(await away.decode(TOPIC, [stored(bytes)])).toEqual([{ ok: true, value: erased }]);
  const unknown = away.decode(TOPIC, [stored(frame(bytes.readUInt32BE(1) + 1, bytes.subarray(5)))]);
  await expect(unknown).rejects.toMatchObject({ code: 'registry_unavailable' });
  await rm(folder, { recursive: true });
});

test('ids of a registry that is no more are forgotten when the new one gives others', async () => {
  const prefix = newPrefix();
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-ids-'));
  const cacheFile = join(folder, 'ids.json');
  await createRegistrySerde({ url, prefix, cacheFile }).prepare([TOPIC]);
  const written = JSON.parse(await readFile(cacheFile, 'utf8')) as {
    own: Record<string, number>;
    schemas: Record<string, string>;
  };
  const [subject = ''] = Object.keys(written.own);
  written.own[subject] = 900_000;
  written.schemas[`${prefix}.${TOPIC}-value 900001`] = '"string"';
  await writeFile(cacheFile, JSON.stringify(written));
  const serde = createRegistrySerde({ url, prefix, cacheFile });
  await serde.prepare([TOPIC]);
  const bytes = serde.encode(TOPIC, erased);
  expect(await serde.decode(TOPIC, [stored(frame(900_001, bytes.subarray(5)))])).toMatchObject([
    { ok: false, reason: 'unknown_schema' },
  ]);
  expect(await serde.decode(TOPIC, [stored(bytes)])).toEqual([{ ok: true, value: erased }]);
  await rm(folder, { recursive: true });
});

test('without a registry and without known ids a start says what is missing', async () => {
  const serde = createRegistrySerde({ url: DEAD_URL, prefix: newPrefix() });
  await expect(serde.prepare([TOPIC])).rejects.toThrow(RetryableError);
});

test('a topic that was not prepared cannot be written', () => {
  const serde = createRegistrySerde({ url, prefix: newPrefix() });
  expect(() => serde.encode(TOPIC, erased)).toThrow(`${TOPIC} was not prepared`);
});
