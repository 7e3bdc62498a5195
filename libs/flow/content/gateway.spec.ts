import OpenAI from 'openai';
import type { ContentSubmitted } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import { issuedVerdict } from '#platform/testing';
import { NOW, serde, startBench, type Bench, type Call } from './gateway-bench.module.js';

const START = 'public~0-0.1-0.2-0.3-0';

/** The published client of OpenAI, talking to the gateway without a socket. */
function openAi(bench: Bench, apiKey: string): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: 'http://gateway.test/v1',
    maxRetries: 0,
    fetch: async (url, init) => {
      const headers = Object.fromEntries(new Headers(init?.headers));
      const {
        status,
        headers: answered,
        text,
      } = await bench.call({
        method: (init?.method ?? 'GET') as 'POST',
        url: new URL(url instanceof Request ? url.url : url).pathname,
        headers,
        ...(typeof init?.body === 'string' ? { payload: init.body } : {}),
      });
      return new Response(text, {
        status,
        headers: Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)]),
      });
    },
  });
}

let bench: Bench;
let forum: string;
let blog: string;

beforeAll(async () => {
  bench = await startBench();
  forum = await bench.keyFor('forum');
  blog = await bench.keyFor('blog');
});
afterAll(() => bench.stop());

describe('POST /v1/content', () => {
  it('answers 202 with one durable event, and duplicate: true to a repetition', async () => {
    const body = { contentId: 'a/1', text: 'hello', kind: 'COMMENT', authorId: 'user-1', metadata: { room: '7' } };
    const first = await bench.call({ url: '/v1/content', key: forum, body });
    const again = await bench.call({ url: '/v1/content', key: forum, body });
    expect([first.status, first.json]).toEqual([
      202,
      { accepted: [{ contentId: 'a/1', revision: 1, duplicate: false }] },
    ]);
    expect([again.status, again.json]).toEqual([
      202,
      { accepted: [{ contentId: 'a/1', revision: 1, duplicate: true }] },
    ]);
    const events = await bench.read<ContentSubmitted>('content.submitted');
    const own = events.filter(({ contentId }) => contentId === 'a/1');
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ platform: 'forum', kind: 'COMMENT', text: 'hello', metadata: { room: '7' } });
  });

  it('hands the trace context of the caller on with the event', async () => {
    const traceparent = `00-${'4b'.repeat(16)}-${'0a'.repeat(8)}-01`;
    const body = { contentId: 'traced', text: 'x' };
    await bench.call({ url: '/v1/content', key: forum, body, headers: { traceparent } });
    const traces: (string | undefined)[] = [];
    await bench.broker.journal.tail({
      topics: ['content.submitted'],
      from: 'beginning',
      untilEnd: true,
      signal: new AbortController().signal,
      onRecords: (records) => {
        for (const { key, headers } of records) {
          if (String(key) === 'forum/traced') traces.push(headers['traceparent']?.toString());
        }
      },
    });
    expect(traces).toEqual([traceparent]);
  });

  it('answers 409 to another text under the same id, and does not show either text', async () => {
    await bench.call({ url: '/v1/content', key: forum, body: { contentId: 'b', text: 'first words' } });
    const { status, text } = await bench.call({
      url: '/v1/content',
      key: forum,
      body: { contentId: 'b', text: 'other words' },
    });
    expect(status).toBe(409);
    expect(text).not.toContain('words');
  });

  it('keeps the contents of two platforms apart, although their ids are equal', async () => {
    const mine = await bench.call({ url: '/v1/content', key: forum, body: { contentId: 'same', text: 'x' } });
    const theirs = await bench.call({ url: '/v1/content', key: blog, body: { contentId: 'same', text: 'y' } });
    expect([mine.status, theirs.status]).toEqual([202, 202]);
  });

  it('answers 403 with the field to an item of another platform', async () => {
    const body = {
      items: [
        { contentId: 'c', text: 'x' },
        { contentId: 'd', text: 'x', platform: 'blog' },
      ],
    };
    const { status, headers, json } = await bench.call({ url: '/v1/content', key: forum, body });
    expect([status, headers['content-type']]).toEqual([403, 'application/problem+json; charset=utf-8']);
    expect(json['errors']).toEqual([{ pointer: '/items/1/platform', detail: 'The key belongs to another platform.' }]);
  });

  it('derives the id from an Idempotency-Key', async () => {
    const call = { url: '/v1/content', key: forum, headers: { 'idempotency-key': 'order-7' }, body: { text: 'hello' } };
    const [first, again] = [await bench.call(call), await bench.call(call)];
    expect(again.json).toEqual({ accepted: [{ ...(first.json['accepted'] as object[])[0], duplicate: true }] });
    const other = await bench.call({ ...call, body: { text: 'other' } });
    expect(other.status).toBe(409);
  });

  it.each<[number, string, Partial<Call>]>([
    [400, 'malformed JSON', { payload: '{' }],
    [400, 'an empty body', { payload: '' }],
    [400, 'a field that occurs twice', { payload: '{"contentId":"a","text":"x","text":"y"}' }],
    [400, 'a body that is no object', { payload: '"hello"' }],
    [413, 'a body beyond the limit', { body: { contentId: 'a', text: 'x'.repeat(70_000) } }],
    [415, 'a form', { payload: 'text=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    [415, 'plain text', { payload: 'hello', headers: { 'content-type': 'text/plain' } }],
    [
      415,
      'the type that replicas use',
      { payload: '{}', headers: { 'content-type': 'application/vnd.tidegate.claims+json' } },
    ],
    [400, 'a bad Idempotency-Key', { body: { text: 'x' }, headers: { 'idempotency-key': 'two words' } }],
    [404, 'another method', { method: 'PUT', body: {} }],
  ])('answers %i to %s, as a problem document', async (expected, _, call) => {
    const { status, headers, json } = await bench.call({ url: '/v1/content', key: forum, ...call });
    expect([status, headers['content-type'], json['status']]).toEqual([
      expected,
      'application/problem+json; charset=utf-8',
      expected,
    ]);
  });
});

describe('callers', () => {
  it.each<[string, Partial<Call>]>([
    ['no key', {}],
    ['a wrong key', { key: `tg_0123456789ab_${'x'.repeat(43)}` }],
    ['something else', { headers: { authorization: 'Basic Zm9v' } }],
    [
      'a wrong key on loopback, where none would do',
      { key: 'sk-live', remoteAddress: '127.0.0.1', headers: { host: 'localhost' } },
    ],
  ])('with %s get 401', async (_, call) => {
    const { status, headers } = await bench.call({ url: '/v1/content', body: { contentId: 'a', text: 'x' }, ...call });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="tidegate"']);
  });

  it('on loopback without a key are the platform demo', async () => {
    const local = { remoteAddress: '127.0.0.1', headers: { host: 'localhost:8080' } };
    const { status } = await bench.call({ url: '/v1/content', body: { contentId: 'anonymous', text: 'x' }, ...local });
    expect(status).toBe(202);
    const events = await bench.read<ContentSubmitted>('content.submitted');
    expect(events.find(({ contentId }) => contentId === 'anonymous')?.platform).toBe('demo');
  });

  it('are served while the warehouse is away', async () => {
    bench.warehouse.state.isAway = true;
    const { status } = await bench.call({ url: '/v1/content', key: forum, body: { contentId: 'away', text: 'x' } });
    bench.warehouse.state.isAway = false;
    expect(status).toBe(202);
  });

  it('beyond their quota get 429 with Retry-After until midnight', async () => {
    const small = await bench.keyFor('small', { dailyQuota: 2 });
    const items = [1, 2, 3].map((n) => ({ contentId: `q${n}`, text: 'x' }));
    const { status, headers } = await bench.call({ url: '/v1/content', key: small, body: { items } });
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(13 * 3600);
    expect((await bench.call({ url: '/v1/content', key: small, body: { items: items.slice(1) } })).status).toBe(202);
  });
});

describe('replicas', () => {
  it('refuse claims that no replica sealed', async () => {
    const { status } = await bench.call({
      url: '/internal/v1/claims',
      headers: { 'content-type': 'application/vnd.tidegate.claims+json', 'x-tidegate-forward': `1.${'0'.repeat(64)}` },
      payload: '{"partition":0,"claims":[]}',
    });
    expect(status).toBe(401);
  });
});

describe('GET /v1/content/{contentId}/verdicts', () => {
  const row = {
    platform: 'forum',
    content_id: `a/${'long'.repeat(60)}`,
    verdict_id: 'ab'.repeat(16),
    kind: 'ISSUED',
    current: true,
    revision: 1,
    channel: 'public',
    action: 'BLOCK',
    categories: {
      H: { probability: 0.9, action: 'BLOCK', review_threshold: 0.3, block_threshold: 0.8, provisional: true },
    },
    deployment_id: 'd-public',
    model_id: 'm-1',
    calibration_id: 'c-1',
    threshold_set_id: 't-1',
    policy_id: 'default',
    policy_version: 1,
    role: 'LIVE',
    mode: 'NORMAL',
    decided_by: 'MODEL',
    cause_id: null,
    supersedes: null,
    reason: null,
    issued_at: '2026-03-04 10:00:00.123',
  };
  const url = `/v1/content/${encodeURIComponent(row.content_id)}/verdicts`;

  beforeAll(() => {
    bench.warehouse.verdicts.push(row);
  });

  it('shows what decided, for an id with slashes', async () => {
    const { status, json } = await bench.call({ method: 'GET', url, key: forum });
    expect(status).toBe(200);
    expect(json['verdicts']).toMatchObject([
      {
        verdictId: row.verdict_id,
        action: 'BLOCK',
        categories: { H: { probability: 0.9, reviewThreshold: 0.3, provisional: true } },
        issuedAt: '2026-03-04T10:00:00.123Z',
      },
    ]);
  });

  it('shows nothing of another platform', async () => {
    const { status, json } = await bench.call({ method: 'GET', url, key: blog });
    expect([status, json['verdicts']]).toEqual([200, []]);
  });
});

describe('reports, appeals and erasures', () => {
  it('become one event each, of the platform of the caller', async () => {
    const report = { contentId: 'a', category: 'HR', reason: 'rude', reporterId: 'user-7' };
    const first = await bench.call({ url: '/v1/reports', key: forum, body: report });
    const again = await bench.call({ url: '/v1/reports', key: forum, body: report });
    const appeal = await bench.call({ url: '/v1/appeals', key: forum, body: { contentId: 'a', channel: 'public' } });
    expect([first.status, first.json['selfSelected'], again.json['reportId'], appeal.status]).toEqual([
      202,
      true,
      first.json['reportId'],
      202,
    ]);
    const events = await bench.read<{ readonly kind: string; readonly platform: string }>('content.reported');
    expect(events.map(({ kind, platform }) => [kind, platform])).toEqual([
      ['REPORT', 'forum'],
      ['REPORT', 'forum'],
      ['APPEAL', 'forum'],
    ]);
  });

  it('are refused with the field that is wrong', async () => {
    const { status, json } = await bench.call({
      url: '/v1/appeals',
      key: forum,
      body: { contentId: 'a', verdictId: 'x' },
    });
    expect([status, json['errors']]).toEqual([
      400,
      [{ pointer: '/verdictId', detail: 'Must be the verdictId of a verdict.' }],
    ]);
  });

  it('say what an erasure does and when, and touch only the platform of the caller', async () => {
    const { status, json } = await bench.call({ method: 'DELETE', url: '/v1/content/a%2F1', key: forum });
    expect([status, json['contentId']]).toEqual([202, 'a/1']);
    expect(JSON.stringify(json['effects'])).toContain('7 days');
    const erased = await bench.read<{ readonly platform: string; readonly requestedBy: string }>('content.erased');
    expect(erased).toMatchObject([{ platform: 'forum', requestedBy: 'key of forum' }]);
  });
});

describe('GET /v1/verdicts/stream', () => {
  async function open(url: string, headers: Record<string, string>) {
    const response = await bench.app.inject({
      method: 'GET',
      url,
      headers,
      remoteAddress: '203.0.113.9',
      payloadAsStream: true,
    });
    const reader = response.stream();
    return {
      response,
      take: async (text: string) => {
        let seen = '';
        for await (const chunk of reader) {
          seen += String(chunk);
          if (seen.includes(text)) break;
        }
        return seen;
      },
    };
  }

  it('sends verdicts of the caller and goes on behind Last-Event-ID', async () => {
    for (const [contentId, platform] of [
      ['v1', 'forum'],
      ['v2', 'blog'],
      ['v3', 'forum'],
    ] as const) {
      const value = serde.encode(
        'verdict.public',
        issuedVerdict({ contentId, platform, action: 'BLOCK', submittedAt: NOW, issuedAt: NOW }),
      );
      await bench.broker.flow.publish([{ topic: 'verdict.public', partition: 1, key: 'k', value, headers: {} }]);
    }
    const authorization = `Bearer ${forum}`;
    const first = await open('/v1/verdicts/stream?channel=public', { authorization, 'last-event-id': START });
    expect(first.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const text = await first.take('v3');
    expect(text).not.toContain('v2');
    const [id = ''] = /(?<=^id: ).*$/m.exec(text) ?? [];
    expect(id).toBe('public~0-0.1-1.2-0.3-0');
    const second = await open('/v1/verdicts/stream?platform=forum', { authorization, 'last-event-id': id });
    expect(await second.take('v3')).not.toContain('"v1"');
  });

  it.each<[number, string, string, Record<string, string>]>([
    [403, 'another platform', '?platform=blog', {}],
    [400, 'a channel that does not exist', '?channel=secret', {}],
    [400, 'an unknown parameter', '?chanel=public', {}],
    [400, 'a position of another channel', '?channel=internal', { 'last-event-id': START }],
  ])('answers %i to %s', async (expected, _, query, headers) => {
    const { status } = await bench.call({ method: 'GET', url: `/v1/verdicts/stream${query}`, key: forum, headers });
    expect(status).toBe(expected);
  });
});

describe('POST /v1/moderations with the published client of OpenAI', () => {
  const stored = async () =>
    (await bench.read<ContentSubmitted>('content.submitted')).filter(({ contentId }) => contentId.startsWith('modr-'));

  it('judges one string by calibrated scores and names what judged', async () => {
    const { data, response } = await openAi(bench, forum)
      .moderations.create({ input: 'they are vermin', model: 'omni-moderation-latest' })
      .withResponse();
    const [result] = data.results;
    expect(data.id).toMatch(/^modr-[0-9a-f]{24}$/);
    expect(data.model).toBe('omni-moderation-latest');
    expect([response.headers.get('x-tidegate-deployment'), response.headers.get('x-tidegate-model')]).toEqual([
      'd-public',
      'm-1',
    ]);
    expect(result).toMatchObject({
      flagged: true,
      categories: { hate: true, 'self-harm': false, illicit: null, violence: false },
    });
    expect(result?.category_scores.hate).toBe(Math.fround(1 / (1 + Math.exp(-2.5))));
  });

  it('answers one result per string and one for parts of one content', async () => {
    const client = openAi(bench, forum);
    const several = await client.moderations.create({ input: ['nice', 'they are vermin', 'nice'] });
    expect(several.results.map(({ flagged }) => flagged)).toEqual([false, true, false]);
    const parts = await client.moderations.create({
      input: [
        { type: 'text', text: 'they are' },
        { type: 'text', text: 'vermin' },
      ],
    });
    expect(parts.results.map(({ flagged }) => flagged)).toEqual([true]);
  });

  it('shares runs of the model between concurrent calls', async () => {
    const before = bench.scoredBatches.length;
    const client = openAi(bench, forum);
    await Promise.all(Array.from({ length: 20 }, (_, n) => client.moderations.create({ input: `text ${n}` })));
    const batches = bench.scoredBatches.slice(before);
    expect(batches.reduce((sum, texts) => sum + texts, 0)).toBe(20);
    expect(batches.length).toBeLessThan(20);
  });

  it('stores the call as content unless the call or the key says otherwise', async () => {
    const before = (await stored()).length;
    const { json } = await bench.call({ url: '/v1/moderations', key: forum, body: { input: ['one', 'two'] } });
    const own = (await stored()).filter(({ contentId }) => contentId.startsWith(String(json['id'])));
    expect(own.map(({ text, platform }) => [text, platform]).sort()).toEqual([
      ['one', 'forum'],
      ['two', 'forum'],
    ]);
    await bench.call({ url: '/v1/moderations', key: forum, body: { input: 'three', store: false } });
    const silent = await bench.keyFor('silent', { storeSynchronous: false });
    await bench.call({ url: '/v1/moderations', key: silent, body: { input: 'four', store: true } });
    expect(await stored()).toHaveLength(before + 2);
  });

  it('fails as the client expects: 400 with the parameter, 401, 429', async () => {
    const image = openAi(bench, forum).moderations.create({
      input: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }],
    });
    await expect(image).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'input[0]',
      code: null,
    });
    const stranger = openAi(bench, 'sk-unknown').moderations.create({ input: 'x' });
    await expect(stranger).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const limited = openAi(bench, await bench.keyFor('limited', { ratePerSecond: 0.001, burst: 1 }));
    await limited.moderations.create({ input: 'x' });
    const error = await limited.moderations.create({ input: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect((error as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe('1000');
  });

  it.each<[number, string, Partial<Call>]>([
    [400, 'malformed JSON', { payload: '{' }],
    [400, 'an unknown argument', { body: { input: 'x', modle: 'y' } }],
    [413, 'a body beyond the limit', { body: { input: 'x'.repeat(70_000) } }],
    [415, 'another content type', { payload: 'x', headers: { 'content-type': 'text/plain' } }],
    [404, 'another method', { method: 'GET' }],
    [404, 'a path below', { url: '/v1/moderations/x', body: {} }],
  ])('answers %i to %s with all four keys of an error', async (expected, _, call) => {
    const { status, json } = await bench.call({ url: '/v1/moderations', key: forum, ...call });
    const keys = Object.keys(json['error'] ?? {}).sort();
    expect([status, keys]).toEqual([expected, ['code', 'message', 'param', 'type']]);
  });
});

describe('a broker that is away', () => {
  let onTestFinished: () => Promise<void> = () => Promise.resolve();
  afterEach(() => onTestFinished());

  it('makes a 503 with Retry-After everywhere, and accepts nothing silently', async () => {
    const away = () => Promise.reject(new RetryableError('broker_unavailable', 'away'));
    const broken = await startBench({
      wrap: (broker) => ({
        ...broker,
        flow: { ...broker.flow, publish: away, own: (own) => ({ ...broker.flow.own(own), transact: away }) },
        journal: { ...broker.journal, append: away },
        table: { ...broker.table, put: away },
      }),
    });
    onTestFinished = () => broken.stop();
    const key = await broken.keyFor('forum');
    const answers = await Promise.all([
      broken.call({ url: '/v1/content', key, body: { contentId: 'a', text: 'x' } }),
      broken.call({ url: '/v1/reports', key, body: { contentId: 'a' } }),
      broken.call({ method: 'DELETE', url: '/v1/content/a', key }),
      broken.call({ url: '/v1/moderations', key, body: { input: 'x' } }),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual(
      Array.from({ length: 4 }, () => [503, '1']),
    );
    expect(await broken.read('content.submitted')).toEqual([]);
    const unstored = await broken.call({ url: '/v1/moderations', key, body: { input: 'x', store: false } });
    expect(unstored.status).toBe(200);
  });
});

describe('the description of the gateway', () => {
  interface Described {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, unknown> }>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  }
  let document: Described;

  beforeAll(async () => {
    document = (await bench.call({ method: 'GET', url: '/openapi.json' })).json as unknown as Described;
  });

  it('is OpenAPI 3.1 and names every endpoint with its errors', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      '/v1/appeals',
      '/v1/content',
      '/v1/content/{contentId}',
      '/v1/content/{contentId}/verdicts',
      '/v1/moderations',
      '/v1/reports',
      '/v1/verdicts/stream',
    ]);
    const statuses = (path: string, method: string) => Object.keys(document.paths[path]?.[method]?.responses ?? {});
    expect(statuses('/v1/content', 'post')).toEqual([
      '202',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '429',
      '500',
      '503',
    ]);
    expect(statuses('/v1/moderations', 'post')).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '413',
      '415',
      '429',
      '500',
      '503',
    ]);
  });

  it('refers only to schemas that it holds, which are those that check the requests', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(refs.filter((name) => !(String(name) in document.components.schemas))).toEqual([]);
    expect(refs.length).toBeGreaterThan(20);
    expect(document.components.schemas['ContentItem']).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['text'],
      properties: { text: { type: 'string', maxLength: 32_768 }, kind: { default: 'OTHER' } },
    });
  });

  it('has a page for people that runs only scripts of its own', async () => {
    const { status, text, headers } = await bench.call({ method: 'GET', url: '/docs' });
    expect([status, text.includes('swagger-ui')]).toEqual([200, true]);
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(text).not.toMatch(/<script>(?!<)/);
  });
});

describe('every answer', () => {
  it('carries security headers and no hint at what serves it', async () => {
    const { headers } = await bench.call({ method: 'GET', url: '/v1/nothing' });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });

  it('refuses an address that cannot be decoded with a problem document that does not repeat it', async () => {
    const { status, headers, text, json } = await bench.call({ method: 'GET', url: '/v1/content/secret%zz/verdicts' });
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(json).toMatchObject({ status: 400, type: 'urn:tidegate:problem:invalid_request' });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(text).not.toContain('secret');
  });

  it('refuses an address that is too long', async () => {
    const { status } = await bench.call({
      method: 'GET',
      url: `/v1/content/a/verdicts?x=${'y'.repeat(5000)}`,
      key: forum,
    });
    expect(status).toBe(414);
  });
});
