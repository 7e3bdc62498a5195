import OpenAI from 'openai';
import { codecOf, contentKey, frame, type ContentSubmitted, type EventOf, type TopicName } from '#platform/contracts';
import type { StoredRecord } from '#platform/stream';
import { poisonCorpus, soundContent, widenedSchema } from '#platform/testing';
import { runTidegate } from '../harness/command-line.js';
import { flowApps, startInstallation, type Installation } from '../harness/installation.js';
import { realTexts } from '../harness/real-texts.js';

const TEXTS = 1000;
const PATIENCE_MS = 90_000;
const SUBJECT = 'content.submitted-value';
const BATCH = 50;

let installation: Installation;
/** Made at the start: gateways accept a new key within seconds. */
let key: string;

beforeAll(async () => {
  installation = await startInstallation({ roles: flowApps });
  const made = await runTidegate(
    installation.environment,
    ...['keys', 'create', '--platform', 'demo', '--rate', '5000', '--without-store', '--json'],
  );
  ({ key } = JSON.parse(made.stdout) as { readonly key: string });
}, 240_000);

afterAll(async () => {
  await installation.close();
}, 60_000);

async function register(subject: string, schema: string): Promise<number> {
  const response = await fetch(`${installation.stack.registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema }),
  });
  const answer = (await response.json()) as { readonly id: number };
  if (!response.ok) throw new Error(`the registry refuses ${subject}: ${JSON.stringify(answer)}`);
  return answer.id;
}

/** Reads a topic from its beginning until there is enough; the time limit is the test's. */
async function readUntil<N extends TopicName>(
  topic: N,
  isEnough: (events: readonly EventOf<N>[]) => boolean,
): Promise<readonly EventOf<N>[]> {
  const { broker, serde } = installation.connections;
  const events: EventOf<N>[] = [];
  const enough = new AbortController();
  await broker.journal.tail({
    topics: [topic],
    from: 'beginning',
    untilEnd: false,
    signal: AbortSignal.any([enough.signal, AbortSignal.timeout(PATIENCE_MS)]),
    onRecords: async (records: readonly StoredRecord[]) => {
      for (const decoded of await serde.decode(topic, records)) if (decoded.ok) events.push(decoded.value);
      if (isEnough(events)) enough.abort();
    },
  });
  return events;
}

function contentOf(contentId: string, text: string): ContentSubmitted {
  return { ...soundContent, platform: 'demo', contentId, text, submittedAt: Date.now() };
}

async function publish(contents: readonly ContentSubmitted[]): Promise<void> {
  const { broker, serde } = installation.connections;
  await serde.prepare(['content.submitted']);
  const records = contents.map((value) => ({
    topic: 'content.submitted',
    key: contentKey(value),
    value: serde.encode('content.submitted', value),
    headers: {},
  }));
  await broker.flow.publish(records);
}

describe('poison', () => {
  it('ends in the dead letters with its bytes, kills nothing, and lets its neighbours flow', async () => {
    const content = await register(SUBJECT, codecOf('content/submitted').schema);
    const foreign = await register('somebody-else-value', '"string"');
    const corpus = poisonCorpus({ content, foreign, unknown: 2_000_000_000, widened: null });
    for (const [index, { key, value }] of corpus.entries()) {
      await publish([contentOf(`neighbour-${index}`, 'a good neighbour')]);
      await installation.connections.broker.flow.publish([
        { topic: 'content.submitted', partition: index % 4, key, value, headers: {} },
      ]);
    }
    await publish([contentOf('last', 'the last good neighbour')]);
    const verdicts = await readUntil('verdict.public', (events) => events.length > corpus.length);
    const letters = await readUntil('dead-letter.prediction', (events) => events.length >= corpus.length);
    expect(verdicts.map((verdict) => verdict.contentId).filter((id) => id.startsWith('neighbour-'))).toHaveLength(
      corpus.length,
    );
    const bytes = (value: Buffer | null) => value?.toString('base64') ?? 'null';
    const found = letters.map((letter) => `${letter.reason} ${bytes(letter.key)} ${bytes(letter.value)}`).sort();
    expect(found).toEqual(
      corpus.map((poison) => `${poison.expected} ${bytes(poison.key)} ${bytes(poison.value)}`).sort(),
    );
    for (const app of flowApps) expect({ app, runs: installation.role(app).isRunning() }).toEqual({ app, runs: true });
  }, 120_000);

  it('is replayed from the command line once its cause is fixed', async () => {
    const schema = widenedSchema('numbers');
    const id = await register('not-yet-ours-value', schema);
    const value = contentOf('replayed', 'a text of a platform that was too early');
    const early = frame(id, Buffer.concat([codecOf('content/submitted').encode(value), Buffer.from([0])]));
    await installation.connections.broker.flow.publish([
      { topic: 'content.submitted', key: contentKey(value), value: early, headers: {} },
    ]);
    await readUntil('dead-letter.prediction', (events) =>
      events.some((letter) => letter.value?.equals(early) === true),
    );
    expect(await register(SUBJECT, schema)).toBe(id);
    await installation.role('prediction').end('SIGTERM');
    await installation.role('prediction').start();
    const listed = await runTidegate(
      installation.environment,
      'dead-letters',
      'list',
      '--app',
      'prediction',
      '--limit',
      '1000',
      '--json',
    );
    expect(listed.code).toBe(0);
    const letters = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly id: string; readonly key: string });
    const letter = letters.find(({ key }) => key === contentKey(value));
    expect(await runTidegate(installation.environment, 'dead-letters', 'replay', letter?.id ?? '')).toMatchObject({
      code: 0,
    });
    const verdicts = await readUntil('verdict.public', (events) =>
      events.some((verdict) => verdict.contentId === 'replayed'),
    );
    expect(verdicts.filter((verdict) => verdict.contentId === 'replayed')).toHaveLength(1);
  }, 120_000);
});

describe('the endpoint and the stream', () => {
  it(`give the same scores to ${TEXTS} texts, through the published openai client`, async () => {
    const texts = realTexts(TEXTS);
    await publish(texts.map((text, n) => contentOf(`same-${n}`, text)));
    const client = new OpenAI({ baseURL: `${installation.gatewayUrl}/v1`, apiKey: key, maxRetries: 5 });
    const scores: Readonly<Record<string, number>>[] = [];
    for (let from = 0; from < texts.length; from += BATCH) {
      const { results } = await client.moderations.create({ input: texts.slice(from, from + BATCH) });
      scores.push(...results.map((result) => ({ ...result.category_scores })));
    }
    const isSame = (verdict: EventOf<'verdict.public'>) => verdict.contentId.startsWith('same-');
    const verdicts = await readUntil('verdict.public', (events) => events.filter(isSame).length >= TEXTS);
    const names = { S: 'sexual', H: 'hate', V: 'violence', HR: 'harassment', SH: 'self-harm' } as const;
    let largest = 0;
    for (const verdict of verdicts.filter(isSame)) {
      const score = scores[Number(verdict.contentId.slice('same-'.length))];
      for (const [code, name] of Object.entries(names)) {
        largest = Math.max(largest, Math.abs((score?.[name] ?? 1) - (verdict.categories[code]?.probability ?? -1)));
      }
    }
    expect(largest).toBeLessThan(1e-6);
  }, 180_000);
});
