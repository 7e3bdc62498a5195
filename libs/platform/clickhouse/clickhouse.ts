import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { text } from 'node:stream/consumers';
import { ClickHouseLogLevel, createClient, type ClickHouseSettings } from '@clickhouse/client';
import { errorOfAnswer, errorOfConnection } from './errors.js';
import { readQuery, type Queries, type QueryName, type StatementName, type Statements } from './queries.js';

export interface ClickHouseOptions {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Sockets that one process keeps open. */
  readonly maxConnections?: number;
  /** A statement without an answer for so long is a retryable error. */
  readonly timeoutMs?: number;
}

export interface InsertOptions {
  /** Columns in the order in which every row holds them. */
  readonly columns: readonly string[];
  /** Names the batch: the same token again within the table's window inserts nothing (streaming 4). */
  readonly token: string;
}

/** Runs statements of ours; every value is a bound parameter. Errors are RetryableError or FatalError, by code. */
export interface ClickHouse {
  readonly database: string;
  /** Rows of a committed query, `queries/<name>.sql`. */
  query<N extends QueryName>(name: N, parameters: Queries[N]['parameters']): Promise<readonly Queries[N]['row'][]>;
  /**
   * The same rows in pieces, as they arrive: neither the answer nor the parsing of it holds the process up, and only a piece is in memory.
   * Leaving the loop ends the query.
   */
  pieces<N extends QueryName>(
    name: N,
    parameters: Queries[N]['parameters'],
  ): AsyncIterable<readonly Queries[N]['row'][]>;
  /** The bytes of a committed query in a format of ClickHouse, for example Parquet, as they come. */
  read<N extends QueryName>(name: N, parameters: Queries[N]['parameters'], format: ExportFormat): Readable;
  /** Runs a committed statement that changes something, `queries/<name>.sql`. */
  execute<N extends StatementName>(name: N, parameters: Statements[N]): Promise<void>;
  /** Runs a statement of a migration; `what` names it in errors. */
  command(what: string, statement: string): Promise<void>;
  createDatabase(): Promise<void>;
  /** Resolves when the rows are durable and readable. */
  insertRows(table: string, rows: Buffer, options: InsertOptions): Promise<void>;
  /** Resolves when a query is answered with these credentials. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Formats that files are written in. */
type ExportFormat = 'Parquet' | 'JSONEachRow';

interface Request {
  readonly what: string;
  readonly statement: string;
  readonly settings: ClickHouseSettings;
  /** Bound by name. */
  readonly parameters?: object;
  readonly rows?: Buffer;
}

const MAX_CONNECTIONS = 10;
const TIMEOUT_MS = 60_000;
/** Below the 3 s after which a ClickHouse server closes an idle connection, so that none breaks under a request. */
const IDLE_SOCKET_MS = 2500;
/**
 * Repetitions are folded by merges and by FINAL anyway: folding each insert as well costs a third of the engine's time (29 against
 * 21 us a row of prediction_scored).
 */
const INSERT_SETTINGS: ClickHouseSettings = { optimize_on_insert: 0 };
/** The answer is sent when it is complete, so that a failure half-way is a failure and not a short result. */
const QUERY_SETTINGS: ClickHouseSettings = { wait_end_of_query: 1, output_format_json_quote_64bit_integers: 0 };

export function createClickHouse(options: ClickHouseOptions): ClickHouse {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const connect = (database: string) =>
    createClient({
      url: options.url,
      username: options.user,
      password: options.password,
      database,
      application: 'tidegate',
      max_open_connections: options.maxConnections ?? MAX_CONNECTIONS,
      // The signal of each request ends it first.
      request_timeout: timeoutMs * 2,
      keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_MS },
      compression: { request: !isLoopback(options.url), response: false },
      // The client's own log may quote statements; errors reach the log of the role by their codes.
      log: { level: ClickHouseLogLevel.OFF },
    });
  const client = connect(options.database);

  /** The body of an answer, in chunks; its errors are those of the request. */
  async function* chunks(request: Request, through = client): AsyncGenerator<Buffer, void, void> {
    const signal = AbortSignal.timeout(timeoutMs);
    const common = {
      query: request.statement,
      clickhouse_settings: request.settings,
      abort_signal: signal,
      ignore_error_response: true,
      ...(request.parameters === undefined ? {} : { query_params: { ...request.parameters } }),
    };
    let failed: { readonly status: number; readonly code: number | null; readonly text: string } | null = null;
    try {
      const result = await through.exec(
        request.rows === undefined ? common : { ...common, values: Readable.from([request.rows]) },
      );
      const header = result.response_headers['x-clickhouse-exception-code'];
      const status = result.http_status_code ?? 200;
      const code = typeof header === 'string' ? Number(header) : null;
      if (code !== null || status >= 400) failed = { status, code, text: await text(result.stream) };
      else for await (const chunk of result.stream) yield chunk as Buffer;
    } catch (error) {
      throw errorOfConnection(request.what, error, signal.aborted);
    }
    if (failed !== null) {
      // What the server says of rows may quote them.
      throw errorOfAnswer(request.what, request.rows === undefined ? failed : { ...failed, text: '' });
    }
  }

  async function send(request: Request, through = client): Promise<string> {
    const parts: Buffer[] = [];
    for await (const chunk of chunks(request, through)) parts.push(chunk);
    return Buffer.concat(parts).toString('utf8');
  }

  function asked<N extends QueryName>(name: N, parameters: Queries[N]['parameters']): Request {
    const statement = `${readQuery(name)}\nFORMAT JSONEachRow`;
    return { what: `query ${name}`, statement, settings: QUERY_SETTINGS, parameters };
  }

  return {
    database: options.database,

    read: (name, parameters, format) =>
      Readable.from(chunks({ ...asked(name, parameters), statement: `${readQuery(name)}\nFORMAT ${format}` })),

    async query(name, parameters) {
      return rowsOf(name, (await send(asked(name, parameters))).split('\n'));
    },

    async *pieces(name, parameters) {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      for await (const chunk of chunks(asked(name, parameters))) {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        if (lines.length > 0) yield rowsOf(name, lines);
      }
      const last = rest + decoder.end();
      if (last !== '') yield rowsOf(name, [last]);
    },

    async execute(name, parameters) {
      await send({ what: `statement ${name}`, statement: readQuery(name), settings: {}, parameters });
    },

    async command(what, statement) {
      await send({ what, statement, settings: {} });
    },

    async createDatabase() {
      const statement = `CREATE DATABASE IF NOT EXISTS ${options.database}`;
      const outside = connect('default');
      try {
        await send({ what: 'create database', statement, settings: {} }, outside);
      } finally {
        await outside.close();
      }
    },

    async insertRows(table, rows, { columns, token }) {
      await send({
        what: `insert into ${table}`,
        statement: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`,
        settings: { ...INSERT_SETTINGS, insert_deduplication_token: token },
        rows,
      });
    },

    async ping() {
      await send({ what: 'ping', statement: 'SELECT 1', settings: {} });
    },

    close: () => client.close(),
  };
}

function rowsOf<N extends QueryName>(_name: N, lines: readonly string[]): readonly Queries[N]['row'][] {
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Queries[N]['row']);
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
