import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startStack, type RunningStack } from '#platform/stack';
import { createClickHouse, type ClickHouse } from './clickhouse.js';
import { migrate, readMigrations, type Migration } from './migrate.js';
import { RowBinary } from './row-binary.js';

let home: string;
let stack: RunningStack;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-clickhouse-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

const opened: ClickHouse[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((clickhouse) => clickhouse.close()));
});

function open(database: string, options: { readonly url?: string; readonly password?: string } = {}): ClickHouse {
  const clickhouse = createClickHouse({
    url: options.url ?? stack.clickhouseUrl,
    user: 'default',
    password: options.password ?? '',
    database,
  });
  opened.push(clickhouse);
  return clickhouse;
}

/** As an analyst does: HTTP and nothing else. */
async function curl(database: string, sql: string): Promise<string> {
  const url = `${stack.clickhouseUrl}/?database=${database}&query=${encodeURIComponent(sql)}`;
  return (await (await fetch(url)).text()).trim();
}

const table: Migration = {
  number: 0,
  name: '000-migrations.sql',
  sql: readMigrations()[0]?.sql ?? '',
};
const numbers: Migration = {
  number: 1,
  name: '001-numbers.sql',
  sql: 'CREATE TABLE IF NOT EXISTS numbers (n UInt32, word LowCardinality(String)) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100;\n',
};

describe('migrate', () => {
  it('brings an empty server to this release, and does nothing the second time', async () => {
    const clickhouse = open('twice');
    const names = readMigrations().map((migration) => migration.name);
    expect(await migrate(clickhouse)).toEqual(names);
    expect(await migrate(clickhouse)).toEqual([]);
    expect((await clickhouse.query('applied-migrations', {})).map((row) => row.name)).toEqual(names);
  }, 30_000);

  it('does no harm when two run at once', async () => {
    await Promise.all([migrate(open('at_once')), migrate(open('at_once'))]);
    expect(await migrate(open('at_once'))).toEqual([]);
    expect(await curl('at_once', 'SELECT count() FROM verdicts')).toBe('0');
  }, 30_000);

  it('names the file of a migration that was changed after it was applied', async () => {
    const clickhouse = open('changed');
    await migrate(clickhouse, [table, numbers]);
    const edited = { ...numbers, sql: `${numbers.sql}-- a word more\n` };
    await expect(migrate(clickhouse, [table, edited])).rejects.toMatchObject({
      name: 'FatalError',
      code: 'configuration',
      message: expect.stringMatching(/001-numbers\.sql.*add a new migration/) as unknown,
    });
  });

  it('describes every column of every view', async () => {
    await migrate(open('documented'));
    const undescribed = await curl(
      'documented',
      "SELECT table, name FROM system.columns WHERE database = 'documented' AND comment = '' AND table IN (SELECT name FROM system.tables WHERE database = 'documented' AND engine = 'View')",
    );
    expect(undescribed).toBe('');
    const views = await curl(
      'documented',
      "SELECT name FROM system.tables WHERE database = 'documented' AND engine = 'View' AND comment != '' ORDER BY name",
    );
    expect(views.split('\n')).toEqual(
      expect.arrayContaining([
        'content',
        'dead_letters',
        'deployments',
        'freshness',
        'predictions',
        'verdict_hourly',
        'verdicts',
      ]),
    );
  }, 30_000);
});

describe('pieces', () => {
  it('are the rows of the query, whatever their letters, and may be left', async () => {
    const clickhouse = open('pieces');
    await migrate(clickhouse, [table]);
    const names = "concat('000-', repeat('ü🙂', 50), toString(number))";
    const rows = `INSERT INTO schema_migrations (number, name, sha256) SELECT number, ${names}, 'x' FROM numbers(1, 20000)`;
    await clickhouse.command('plant', rows);
    const whole = await clickhouse.query('applied-migrations', {});
    const pieces: (typeof whole)[] = [];
    for await (const piece of clickhouse.pieces('applied-migrations', {})) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.flat()).toEqual(whole);
    for await (const [first] of clickhouse.pieces('applied-migrations', {})) {
      expect(first).toEqual(whole[0]);
      break;
    }
    await clickhouse.ping();
  }, 30_000);

  it('fail as the query does', async () => {
    const pieces = open('nowhere').pieces('applied-migrations', {})[Symbol.asyncIterator]();
    await expect(pieces.next()).rejects.toMatchObject({ name: 'FatalError', code: 'configuration' });
  });
});

describe('views', () => {
  it('declare the types that they give: another String would break a comparison with the empty string', async () => {
    await migrate(open('typed'));
    const views = await curl('typed', "SELECT name FROM system.tables WHERE database = 'typed' AND engine = 'View'");
    const describe = async (source: string) =>
      (await curl('typed', `DESCRIBE ${source} FORMAT TSVRaw`)).split('\n').map((line) => line.split('\t').slice(0, 2));
    const differing: unknown[] = [];
    for (const view of views.split('\n')) {
      const select = await curl(
        'typed',
        `SELECT as_select FROM system.tables WHERE database = 'typed' AND name = '${view}' FORMAT TSVRaw`,
      );
      const inner = select.replace(/\sSETTINGS\s[\s\S]*$/, '');
      const [declared, given] = [await describe(view), await describe(`(${inner})`)];
      declared.forEach(([column = '', type = ''], at) => {
        const other = given[at]?.[1] ?? '';
        if (type !== other) differing.push({ view, column, declared: type, given: other });
      });
      expect(declared.map(([column]) => column)).toEqual(given.map(([column]) => column));
    }
    expect(differing).toEqual([]);
  }, 30_000);
});

describe('insertRows', () => {
  const columns = ['n', 'word'];
  function rows(from: number, to: number): Buffer {
    const out = new RowBinary();
    for (let n = from; n < to; n++) {
      out.uint32(n);
      out.string(`word ${n % 7}`);
    }
    return out.take();
  }

  it('inserts rows of bytes, and the same batch once', async () => {
    const clickhouse = open('inserted');
    await migrate(clickhouse, [table, numbers]);
    await clickhouse.insertRows('numbers', rows(0, 1000), { columns, token: 'a-0-0-999' });
    await clickhouse.insertRows('numbers', rows(0, 1000), { columns, token: 'a-0-0-999' });
    await clickhouse.insertRows('numbers', rows(1000, 1500), { columns, token: 'a-0-1000-1499' });
    expect(await curl('inserted', 'SELECT count(), sum(n), uniqExact(word) FROM numbers')).toBe('1500\t1124250\t7');
  });

  it('says what a schema or the credentials lack, and that it is fatal', async () => {
    const clickhouse = open('inserted');
    await expect(clickhouse.insertRows('nothing', rows(0, 1), { columns, token: 'x' })).rejects.toMatchObject({
      name: 'FatalError',
      code: 'configuration',
    });
    await expect(
      clickhouse.insertRows('numbers', rows(0, 1), { columns: ['n', 'colour'], token: 'y' }),
    ).rejects.toMatchObject({ name: 'FatalError', code: 'configuration' });
    await expect(open('inserted', { password: 'wrong' }).ping()).rejects.toMatchObject({ code: 'configuration' });
  });

  it('never quotes rows in an error', async () => {
    const clickhouse = open('inserted');
    const broken = Buffer.concat([rows(0, 1), Buffer.from('\u0001secret words of somebody')]);
    const failure = await clickhouse.insertRows('numbers', broken, { columns, token: 'z' }).then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    expect(failure).toMatch(/^insert into numbers: ClickHouse answered code \d+$/);
  });

  it('takes a server that is not there for a trouble that passes', async () => {
    await expect(open('inserted', { url: 'http://127.0.0.1:1' }).ping()).rejects.toMatchObject({
      name: 'RetryableError',
      code: 'clickhouse_unavailable',
    });
  });

  it('keeps every acknowledged batch, once and whole, when the server is killed in the middle of inserts', async () => {
    const clickhouse = open('killed');
    await migrate(clickhouse, [table, numbers]);
    const acknowledged = new Set<number>();
    const batch = (index: number) => ({
      rows: rows(index * 5000, (index + 1) * 5000),
      options: { columns, token: `k-0-${index}` },
    });
    const failure = await (async () => {
      for (let index = 0; ; index++) {
        const { rows: some, options } = batch(index);
        try {
          await clickhouse.insertRows('numbers', some, options);
        } catch (error) {
          return error;
        }
        acknowledged.add(index);
        // Not awaited: the next inserts are on their way when the process dies.
        if (acknowledged.size === 5) void stack.kill('clickhouse', 'SIGKILL');
      }
    })();
    expect(failure).toMatchObject({ name: 'RetryableError' });
    await stack.restart('clickhouse');
    // What the sink does: the whole sequence again with the same tokens.
    for (let index = 0; index <= acknowledged.size; index++) {
      const { rows: some, options } = batch(index);
      await clickhouse.insertRows('numbers', some, options);
    }
    const total = (acknowledged.size + 1) * 5000;
    expect(await curl('killed', 'SELECT count(), uniqExact(n) FROM numbers')).toBe(`${total}\t${total}`);
  }, 60_000);
});

describe('query', () => {
  it('binds values on the server, so that a value is never a statement', async () => {
    const clickhouse = open('bound');
    await migrate(clickhouse);
    const rows = await clickhouse.query('content-verdicts', {
      platform: "x' OR 1 = 1 --",
      content_id: "'; DROP TABLE verdict_issued",
    });
    expect(rows).toEqual([]);
    expect(await curl('bound', 'EXISTS TABLE verdict_issued')).toBe('1');
  }, 30_000);
});
