import * as fc from 'fast-check';
import { readStatement } from './statement.js';

const read = (sql: string) => readStatement(Buffer.from(sql).toString('latin1'));

describe('statements that would leave the engine', () => {
  it.each([
    "SELECT file('/etc/passwd')",
    "SELECT FILE ('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "file"(\'/etc/passwd\')',
    "SELECT `\\x66ile`('/etc/passwd')",
    "SELECT file/* here */('/etc/passwd')",
    "SELECT 1 /* /* */ */ + length(file('/etc/passwd'))",
    "SELECT $a$it's$a$, file('/etc/passwd')",
    "SELECT 'it''s', file('/etc/passwd')",
    "SELECT 'a\\'', file('/etc/passwd')",
    "SELECT x'41', file('/etc/passwd')",
    "SELECT 1 # '\n, file('/etc/passwd') -- '",
    "SELECT ‘a’, file('/etc/passwd')",
    "SELECT * FROM format(Values, 'a String', '(file(\\'/etc/passwd\\'))')",
    "SELECT * FROM format(JSONEachRow, 'a String DEFAULT file(\\'/etc/passwd\\')', '{}')",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM url('http://127.0.0.1/', CSV)",
    "SELECT * FROM icebergLocal('/tmp')",
    "SELECT * FROM executable('ls', TSV, 'x String')",
    "INSERT INTO FUNCTION file('/tmp/x') SELECT 1",
    "INSERT INTO t VALUES (file('/etc/passwd'))",
    "INSERT INTO t FORMAT Values (file('/etc/passwd'))",
    "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    'SELECT 1; SELECT 2',
    'SELECT 1;;',
    "SELECT 1 FORMAT Template SETTINGS format_template_row = '/etc/passwd'",
    "SET dialect = 'kusto'",
    "SET format_schema = '/etc/passwd'",
    "CREATE TABLE t (x String) ENGINE = Executable('ls', 'TSV')",
    'CREATE TABLE t (x String) ENGINE = File(CSV)',
    "CREATE TABLE t (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS disk = disk(type = local, path = '/etc/')",
    "CREATE TABLE t (x String DEFAULT file('/etc/passwd')) ENGINE = Memory",
    "CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'ls' FORMAT TSV)) LAYOUT(FLAT()) LIFETIME(0)",
    "CREATE OR REPLACE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(FILE(PATH '/etc/passwd' FORMAT TSV)) LAYOUT(FLAT()) LIFETIME(0)",
    "CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(CLICKHOUSE(HOST '10.0.0.1' TABLE 't')) LAYOUT(FLAT()) LIFETIME(0)",
    "CREATE DATABASE x ENGINE = Filesystem('/etc')",
    "ATTACH TABLE t FROM '/tmp/x' (x String) ENGINE = MergeTree ORDER BY x",
    "BACKUP DATABASE default TO File('/tmp/x')",
    'SYSTEM SHUTDOWN',
    '',
    ' -- nothing\n',
  ])('are refused: %s', (sql) => {
    expect(() => read(sql)).toThrow(/Code: (497|62)\./);
  });
});

describe('ordinary statements', () => {
  it.each([
    ['SELECT 1', 'read'],
    ['  (SELECT 1) UNION ALL (SELECT 2);\n', 'read'],
    ['WITH 1 AS x SELECT x', 'read'],
    ["SELECT 'file(1); -- no comment', `a b` FROM t WHERE note = 'ümläut ‘’'", 'read'],
    ['SELECT file, url FROM files ORDER BY format DESC', 'read'],
    ["SELECT engine FROM system.tables WHERE engine = 'MergeTree'", 'read'],
    ['SHOW CREATE TABLE t FORMAT TSVRaw', 'read'],
    ['INSERT INTO t SELECT * FROM u', 'insert'],
    ["INSERT INTO t (a, b) VALUES (1, 'x;y')", 'insert'],
    ['SET max_threads = 1', 'session'],
    ['CREATE TEMPORARY TABLE x (a UInt8)', 'session'],
    [
      'CREATE TABLE IF NOT EXISTS m.t (engine String, source String) ENGINE = ReplacingMergeTree ORDER BY tuple() SETTINGS index_granularity = 8192',
      'define',
    ],
    [
      "CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(CLICKHOUSE(TABLE 't' DB 'm')) LAYOUT(FLAT()) LIFETIME(60)",
      'define',
    ],
    ['ALTER TABLE t DROP PARTITION 20260101', 'define'],
    ['OPTIMIZE TABLE t FINAL', 'define'],
  ])('pass: %s', (sql, kind) => {
    expect(read(sql).kind).toBe(kind);
  });

  it('are streamed only if nothing inside them runs before the first row', () => {
    expect(read('SELECT a FROM t').isFlat).toBe(true);
    expect(read('SELECT a FROM t WHERE a IN (SELECT b FROM u)').isFlat).toBe(false);
    expect(read('WITH (SELECT 1) AS x SELECT x').isFlat).toBe(false);
  });

  it('name their format and their parameters', () => {
    const statement = read(
      'SELECT {from:DateTime64(3)}, {Name:String} FROM t FORMAT JSONCompact SETTINGS max_threads = 1',
    );
    expect(statement.format).toBe('JSONCompact');
    expect([...statement.placeholders]).toEqual(['from', 'Name']);
  });
});

describe('rows after FORMAT', () => {
  it('are never read as SQL', () => {
    const sql =
      'INSERT INTO m.t (a, b) SETTINGS async_insert = 0 FORMAT JSONEachRow\n{"a": "file(\'x\'); DROP TABLE t"} ‘';
    const { insert } = read(sql);
    const bytes = Buffer.from(sql);
    expect(insert?.format).toBe('jsoneachrow');
    expect(bytes.subarray(0, insert?.sourceAt).toString()).toBe('INSERT INTO m.t (a, b) ');
    expect(bytes.subarray(insert?.dataAt).toString()).toMatch(/^\n\{"a"/);
  });

  it('begin where they begin, whatever bytes they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (rows) => {
        const head = 'INSERT INTO t FORMAT RowBinary';
        const { insert } = readStatement(`${head}\n${Buffer.from(rows).toString('latin1')}`);
        expect(insert?.dataAt).toBe(head.length);
      }),
    );
  });
});

describe('quoting', () => {
  it('hides text from the rules exactly as far as it reaches', () => {
    // Any text, quoted as a client quotes it, is one string; a call behind it is still seen.
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
        expect(read(`SELECT ${quoted} AS x`).kind).toBe('read');
        expect(() => read(`SELECT ${quoted}, file('/etc/passwd')`)).toThrow(/Code: 497/);
      }),
    );
  });
});
