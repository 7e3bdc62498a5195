import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { startStack, type RunningStack } from '../start-stack.js';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

describe('the ClickHouse interface', () => {
  let home: string;
  let stack: RunningStack;

  const send = async (
    parameters: Record<string, string>,
    body?: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${stack.clickhouseUrl}/?${new URLSearchParams(parameters)}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, text: bytes.toString(), bytes, headers: answer.headers };
  };
  const query = async (sql: string): Promise<string> => {
    const { status, text } = await send({}, sql);
    if (status !== 200) throw new Error(text);
    return text.trim();
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tidegate-facade-'));
    stack = await startStack({
      home,
      parts: ['clickhouse'],
      ports: { clickhouse: 0 },
      clickhouseUsers: [
        { name: 'sink', password: 'w', role: 'writer' },
        { name: 'analyst', password: 'r', role: 'reader' },
      ],
    });
    await query('CREATE TABLE rows (a UInt32, b String) ENGINE = MergeTree ORDER BY a');
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  });

  describe('rows', () => {
    beforeEach(() => query('TRUNCATE TABLE rows'));
    const content = () => query('SELECT a, b FROM rows ORDER BY a');

    it.each([
      ['JSONEachRow', '{"a":1,"b":"x;y"}\n{"a":2,"b":"ümläut\\n"}'],
      ['JSONCompactEachRow', '[1,"x;y"]\n[2,"ümläut\\n"]'],
      ['TabSeparated', '1\tx;y\n2\tümläut\\n\n'],
      ['CSV', '1,"x;y"\n2,"ümläut\n"\n'],
    ])('arrive as %s, in the body and in the statement', async (format, rows) => {
      const sql = `INSERT INTO rows (a, b) FORMAT ${format}`;
      expect((await send({ query: sql }, rows)).text).toBe('');
      expect(await content()).toBe('1\tx;y\n2\tümläut\\n');
      await query('TRUNCATE TABLE rows');
      await query(`${sql}\n${rows}`);
      expect(await content()).toBe('1\tx;y\n2\tümläut\\n');
    });

    it('arrive as RowBinary with every byte value', async () => {
      const every = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
      const row = Buffer.concat([Buffer.from([7, 0, 0, 0, 0x80, 0x02]), every]);
      expect(
        (await send({ query: 'INSERT INTO rows (a, b) SETTINGS max_insert_block_size = 100 FORMAT RowBinary' }, row))
          .text,
      ).toBe('');
      expect(await query('SELECT a, hex(b) FROM rows')).toBe(`7\t${every.toString('hex').toUpperCase()}`);
    });

    it('arrive compressed', async () => {
      const { text } = await send({ query: 'INSERT INTO rows FORMAT JSONEachRow' }, gzipSync('{"a":3,"b":"z"}'), {
        'content-encoding': 'gzip',
      });
      expect(text).toBe('');
      expect(await content()).toBe('3\tz');
    });

    it('end with the body: a second statement behind them is a row that cannot be read', async () => {
      const rows = "5,x\n\n;\nINSERT INTO rows VALUES (95, 'pwned');";
      const { status } = await send({ query: 'INSERT INTO rows FORMAT CSV' }, rows);
      expect(status).toBe(400);
      expect(await content()).toBe('');
    });

    it('are dropped when the same deduplication token comes again', async () => {
      await query(
        'CREATE TABLE once (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100',
      );
      for (const token of ['t-0-1', 't-0-1', 't-2-3']) {
        await send({ query: 'INSERT INTO once FORMAT JSONEachRow', insert_deduplication_token: token }, '{"a":1}');
      }
      expect(await query('SELECT count() FROM once')).toBe('2');
    });

    it('leave no file behind, whether they were accepted or not', async () => {
      await send({ query: 'INSERT INTO rows FORMAT JSONEachRow' }, '{"a":1}');
      expect((await send({ query: 'INSERT INTO rows FORMAT JSONEachRow' }, '{"a":"x"}')).status).toBe(400);
      expect(readdirSync(join(home, 'data', 'clickhouse-spool'))).toEqual([]);
    });
  });

  describe('results', () => {
    it('come by GET, in the format of the statement, of the parameter or as tabs', async () => {
      expect((await send({ query: 'SELECT 1 AS x FORMAT JSONEachRow' })).text).toBe('{"x":1}\n');
      expect((await send({ query: 'SELECT 1 AS x', default_format: 'JSONCompactEachRow' })).text).toBe('[1]\n');
      const plain = await send({ query: 'SELECT 1 AS x' });
      expect([plain.text, plain.headers.get('content-type')]).toEqual([
        '1\n',
        'text/tab-separated-values; charset=UTF-8',
      ]);
    });

    it('are whole when they are large, plain and compressed', async () => {
      const numbers = 'SELECT number FROM numbers(300000)';
      const whole = Array.from({ length: 300_000 }, (_, number) => `${number}\n`).join('');
      expect((await send({}, numbers)).text).toBe(whole);
      expect((await send({ wait_end_of_query: '1' }, numbers)).text).toBe(whole);
      const raw = await new Promise<Buffer>((resolve, reject) => {
        const chunks: Buffer[] = [];
        const parameters = new URLSearchParams({ query: numbers, enable_http_compression: '1' });
        httpRequest(`${stack.clickhouseUrl}/?${parameters}`, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
          expect(answer.headers['content-encoding']).toBe('gzip');
          answer
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('end', () => {
              resolve(Buffer.concat(chunks));
            });
        })
          .on('error', reject)
          .end();
      });
      expect(gunzipSync(raw).toString()).toBe(whole);
    });

    it('break off instead of looking whole when they fail half-way', async () => {
      const failing = send({ max_block_size: '1000' }, 'SELECT throwIf(number = 900000) FROM numbers(1000000)');
      await expect(failing.then(({ status }) => status)).rejects.toThrow('terminated');
    });

    it('take parameters, and miss them', async () => {
      const sql = 'SELECT {text:String} AS text, {list:Array(UInt8)} AS list FORMAT JSONEachRow';
      const text = "it's \\\\ \\t ümläut";
      expect((await send({ param_text: text, param_list: '[1,2]' }, sql)).text).toBe(
        '{"text":"it\'s \\\\ \\t ümläut","list":[1,2]}\n',
      );
      const missing = await send({ param_list: '[1]' }, sql);
      expect([missing.status, missing.headers.get('x-clickhouse-exception-code')]).toEqual([400, '456']);
    });
  });

  describe('settings', () => {
    it('hold for one request', async () => {
      const sql = "SELECT getSetting('max_threads')";
      expect((await send({ max_threads: '3' }, sql)).text).toBe('3\n');
      const after = await Promise.all(Array.from({ length: 16 }, () => send({}, sql)));
      expect(after.map(({ text }) => text)).not.toContain('3\n');
    });

    it('that a statement sets are gone after it', async () => {
      await query('SET max_threads = 7');
      const after = await Promise.all(Array.from({ length: 16 }, () => query("SELECT getSetting('max_threads')")));
      expect(after).not.toContain('7');
    });

    it('choose the database', async () => {
      await query('CREATE DATABASE IF NOT EXISTS other');
      expect((await send({ database: 'other' }, 'SELECT currentDatabase()')).text).toBe('other\n');
      expect(await query('SELECT currentDatabase()')).toBe('default');
    });
  });

  describe('errors', () => {
    it.each([
      ['SELEC 1', 400, '62'],
      ['SELECT nothing_like_it', 404, '47'],
      ['SELECT * FROM nothing_like_it', 404, '60'],
      ["SELECT file('/etc/passwd')", 403, '497'],
      ["SELECT * FROM file('/etc/passwd', LineAsString)", 403, '497'],
      [
        'SELECT sleepEachRow(1) FROM numbers(9) SETTINGS max_execution_time = 0.2, max_block_size = 1, timeout_before_checking_execution_speed = 0',
        408,
        '159',
      ],
    ])('have the status and the code of ClickHouse: %s', async (sql, status, code) => {
      const answer = await send({}, sql);
      expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([status, code]);
      expect(answer.text).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `));
    });

    it('never bring the statement into the log', async () => {
      await send({}, "SELECT throwIf(1, 'a very private text')");
      expect(readFileSync(join(home, 'logs', 'clickhouse.log'), 'utf8')).not.toContain('private');
    });
  });

  describe('callers', () => {
    const as = (user: string, password: string, sql: string) =>
      send({}, sql, { 'x-clickhouse-user': user, 'x-clickhouse-key': password });

    it('are refused without the right password', async () => {
      const { status, text } = await as('analyst', 'wrong', 'SELECT 1');
      expect([status, text]).toEqual([403, expect.stringContaining('AUTHENTICATION_FAILED')]);
    });

    it('who read may only read, even by a setting', async () => {
      expect((await as('analyst', 'r', 'SELECT 1')).text).toBe('1\n');
      expect((await as('analyst', 'r', 'INSERT INTO rows VALUES (1, 1)')).status).toBe(403);
      expect((await as('analyst', 'r', 'SET readonly = 0')).status).toBe(403);
      expect((await as('analyst', 'r', 'DROP TABLE rows')).status).toBe(403);
    });

    it('who write may insert and select, and define nothing', async () => {
      expect((await as('sink', 'w', "INSERT INTO rows VALUES (1, 'x')")).status).toBe(200);
      expect((await as('sink', 'w', 'DROP TABLE rows')).status).toBe(403);
    });

    it('may change nothing by GET', async () => {
      expect((await send({ query: "INSERT INTO rows VALUES (1, 'x')" })).status).toBe(403);
    });

    it('may not be a web page', async () => {
      expect((await send({}, 'SELECT 1', { origin: 'https://example.org' })).status).toBe(403);
      const status = await new Promise((resolve, reject) => {
        httpRequest(
          `${stack.clickhouseUrl}/?query=SELECT+1`,
          { headers: { host: 'rebound.example.org' } },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        )
          .on('error', reject)
          .end();
      });
      expect(status).toBe(403);
    });
  });

  it('answers health checks without a user', async () => {
    expect(await (await fetch(`${stack.clickhouseUrl}/ping`)).text()).toBe('Ok.\n');
  });

  it('runs slow statements beside quick ones', async () => {
    const order: string[] = [];
    const slow = query('SELECT sleep(1.5)').then(() => order.push('slow'));
    await Promise.all(Array.from({ length: 5 }, () => query('SELECT 1')));
    order.push('quick');
    await slow;
    expect(order).toEqual(['quick', 'slow']);
  });

  it('serves far more callers at once than it has sessions', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => query(`SELECT ${number}`)));
    expect(answers).toEqual(Array.from({ length: 100 }, (_, number) => String(number)));
  });

  it('keeps what it acknowledged through a kill -9', async () => {
    await query('CREATE TABLE kept (a UInt32) ENGINE = MergeTree ORDER BY a');
    for (let number = 0; number < 20; number++) await query(`INSERT INTO kept VALUES (${number})`);
    await stack.kill('clickhouse', 'SIGKILL');
    await stack.restart('clickhouse');
    expect(await query('SELECT count(), sum(a) FROM kept')).toBe('20\t190');
  }, 30_000);
});
