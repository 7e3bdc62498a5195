import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline as pipe, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createInflate,
  createZstdDecompress,
  gzipSync,
  type Gzip,
} from 'node:zlib';
import type { Session } from 'chdb';
import { ClickHouseException, exceptionCode, httpStatus } from './exceptions.js';
import { contentType, isRowByRow } from './formats.js';
import { readRequest, requirePermission, type ClickHouseUser, type QueryRequest } from './request.js';
import { createSessionPool, type SessionPool } from './sessions.js';
import type { Spool, SpooledRows } from './spool.js';
import { readStatement, type Statement } from './statement.js';

export interface FacadeOptions {
  readonly openSession: () => Session;
  readonly spool: Spool;
  readonly users: readonly ClickHouseUser[];
  readonly version: string;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

export interface Facade {
  readonly server: Server;
  /** Stops listening, lets running statements end, closes the engine. */
  close(): Promise<void>;
}

/** Statements that may run at once; the engine's own threads are shared by them. */
const WRITERS = 8;
const READERS = 4;
const LONGEST_QUEUE = 512;
/** Values are bound in the address; a real server takes as much. */
const LARGEST_ADDRESS = 1024 * 1024;
/** A statement with its literals; rows after `FORMAT` in the URL's query have no limit. */
const LARGEST_STATEMENT = 64 * 1024 * 1024;

interface Work {
  readonly request: QueryRequest;
  readonly statement: Statement;
  readonly sql: string;
  readonly rows?: SpooledRows;
}

const decompressed = (request: IncomingMessage): Readable => {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decoder = {
    gzip: createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
    zstd: createZstdDecompress,
  }[encoding];
  if (decoder !== undefined) return pipe(request, decoder(), () => undefined);
  if (encoding === 'identity') return request;
  throw new ClickHouseException(
    'NOT_IMPLEMENTED',
    `Unknown Content-Encoding ${encoding}: gzip, deflate, br and zstd are supported`,
  );
};

const readAll = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_STATEMENT)
      throw new ClickHouseException(
        'QUERY_IS_TOO_LARGE',
        `The statement is larger than ${LARGEST_STATEMENT} bytes: put it into the URL and the rows into the body`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const withoutSemicolon = (sql: string): string => sql.replace(/\s*;\s*$/, '');

/** Rows that follow `FORMAT x` begin after one line break or blank. */
const afterOneBreak = (bytes: Buffer, from: number): Buffer => {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
  return bytes.subarray(bytes[at] === 0x0a ? at + 1 : at);
};

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

const prepare = async (incoming: IncomingMessage, request: QueryRequest, spool: Spool): Promise<Work> => {
  const query = Buffer.from(request.query);
  if (query.length > 0) {
    const first = readStatement(query.toString('latin1'));
    if (first.insert !== undefined && hasBody(incoming)) {
      requirePermission(request.role, first.kind);
      const inline = afterOneBreak(query, first.insert.dataAt);
      if (inline.length > 0 && inline.toString('latin1').trim() !== ';')
        throw new ClickHouseException('SYNTAX_ERROR', 'Syntax error: rows both in the URL and in the body');
      const rows = await spool.fromStream(decompressed(incoming));
      return { request, statement: first, sql: query.toString('utf8'), rows };
    }
  }
  const body = hasBody(incoming) ? await readAll(decompressed(incoming)) : Buffer.alloc(0);
  const text =
    query.length > 0 && body.length > 0
      ? Buffer.concat([query, Buffer.from('\n'), body])
      : query.length > 0
        ? query
        : body;
  const statement = readStatement(text.toString('latin1'));
  if (statement.insert === undefined) return { request, statement, sql: withoutSemicolon(text.toString('utf8')) };
  requirePermission(request.role, statement.kind);
  const rows = await spool.fromBytes(afterOneBreak(text, statement.insert.dataAt));
  return { request, statement, sql: text.subarray(0, statement.insert.dataAt).toString('utf8'), rows };
};

/** Names the file with the rows in the statement. Positions are bytes, so the text is cut as bytes. */
const withRows = (sql: string, { insert }: Statement, path: string): string => {
  if (insert === undefined) return sql;
  const bytes = Buffer.from(sql);
  const [head, tail] = [
    bytes.subarray(0, insert.sourceAt).toString('utf8'),
    bytes.subarray(insert.sourceAt, insert.dataAt).toString('utf8'),
  ];
  return `${head} FROM INFILE '${path.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}' COMPRESSION 'none' ${tail}`;
};

const requireParameters = ({ placeholders }: Statement, { parameters }: QueryRequest): void => {
  for (const name of placeholders) {
    if (!parameters.has(name))
      throw new ClickHouseException('UNKNOWN_QUERY_PARAMETER', `Substitution \`${name}\` is not set.`);
  }
};

export const createFacade = ({ openSession, spool, users, version, log }: FacadeOptions): Facade => {
  // The engine ends with its last session: this one keeps it.
  const keeper = openSession();
  const writers = createSessionPool(openSession, WRITERS, false, LONGEST_QUEUE);
  const readers = createSessionPool(openSession, READERS, true, LONGEST_QUEUE);

  const sendWhole = async (session: Session, work: Work, response: ServerResponse, format: string): Promise<void> => {
    const from = performance.now();
    const sql = work.rows === undefined ? work.sql : withRows(work.sql, work.statement, work.rows.path);
    const result = await session.queryAsync(sql, { format });
    const bytes = result.bytes();
    const summary = {
      read_rows: String(result.rowsRead),
      read_bytes: String(result.bytesRead),
      result_bytes: String(bytes.length),
      elapsed_ns: String(Math.round((performance.now() - from) * 1e6)),
    };
    response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
    if (!work.request.wantsGzip || bytes.length === 0) {
      response.end(bytes);
      return;
    }
    response.setHeader('Content-Encoding', 'gzip');
    response.end(gzipSync(bytes, { level: 1 }));
  };

  /** Piece by piece, no faster than the caller reads. An error after the first piece breaks the connection: a short result never looks whole. */
  const sendStream = async (session: Session, work: Work, response: ServerResponse, format: string): Promise<void> => {
    const pieces = session.queryStream(work.sql, { format })[Symbol.asyncIterator]();
    let piece = await pieces.next();
    let target: ServerResponse | Gzip = response;
    let sent: Promise<void> | undefined;
    if (work.request.wantsGzip && piece.done !== true) {
      response.setHeader('Content-Encoding', 'gzip');
      target = createGzip({ level: 1 });
      sent = pipeline(target, response);
      sent.catch(() => undefined);
    }
    try {
      for (; piece.done !== true; piece = await pieces.next()) {
        if (response.destroyed) return;
        if (!target.write(piece.value.raw())) await Promise.race([once(target, 'drain'), once(response, 'close')]);
      }
      target.end();
      await sent;
    } finally {
      await pieces.return?.();
    }
  };

  const run = async (work: Work, response: ServerResponse): Promise<void> => {
    const { request, statement } = work;
    requirePermission(request.role, statement.kind);
    requireParameters(statement, request);
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const pool: SessionPool = request.isReadOnly ? readers : writers;
    const lease = await pool.lease(request, gone.signal);
    let isChanged = statement.kind === 'session';
    try {
      const format = statement.format ?? request.format;
      response.setHeader('X-ClickHouse-Format', format);
      response.setHeader('Content-Type', contentType(format));
      const canStream = statement.isFlat && !request.wantsWholeResult && isRowByRow(format);
      await (canStream ? sendStream : sendWhole)(lease.session, work, response, request.format);
    } catch (error) {
      isChanged = true;
      throw error;
    } finally {
      lease.release(isChanged);
    }
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://facade');
    if (
      url.pathname === '/ping' ||
      (url.pathname === '/' && incoming.method === 'GET' && !url.searchParams.has('query'))
    ) {
      response.end('Ok.\n');
      return;
    }
    if (url.pathname !== '/') {
      response.statusCode = 404;
      response.end(`There is no handle ${url.pathname}\n\nUse / or /ping for health checks.\n`);
      return;
    }
    const request = readRequest(incoming, url, users);
    response.setHeader('X-ClickHouse-Query-Id', request.queryId);
    response.setHeader('X-ClickHouse-Server-Display-Name', 'tidegate-embedded');
    response.setHeader('X-ClickHouse-Timezone', 'UTC');
    const work = await prepare(incoming, request, spool);
    try {
      await run(work, response);
    } finally {
      await work.rows?.remove();
    }
  };

  const fail = (incoming: IncomingMessage, response: ServerResponse, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    const code = exceptionCode(message);
    // The message may quote the statement or a row: it goes to the caller, never into the log.
    log({ event: 'statement_failed', code, status: httpStatus(code) });
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    incoming.resume();
    response.statusCode = httpStatus(code);
    response.removeHeader('Content-Encoding');
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    response.setHeader('X-ClickHouse-Exception-Code', String(code));
    response.end(
      `${message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message}`} (version ${version})\n`,
    );
  };

  const server = createServer({ maxHeaderSize: LARGEST_ADDRESS }, (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      fail(incoming, response, error);
    });
  });
  server.keepAliveTimeout = 30_000;

  return {
    server,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await Promise.all([writers.close(), readers.close()]);
      server.closeAllConnections();
      await closed;
      keeper.close();
    },
  };
};
