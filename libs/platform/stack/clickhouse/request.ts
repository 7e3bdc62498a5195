import { timingSafeEqual, createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ClickHouseException } from './exceptions.js';
import { isAllowedFormat } from './formats.js';
import { isAllowedSetting, type StatementKind } from './statement.js';

export type ClickHouseRole = 'admin' | 'writer' | 'reader';

export interface ClickHouseUser {
  readonly name: string;
  readonly password: string;
  /** admin: everything; writer: INSERT and SELECT; reader: reads only. */
  readonly role: ClickHouseRole;
}

export interface QueryRequest {
  readonly queryId: string;
  readonly role: ClickHouseRole;
  /** The `query` parameter of the URL. */
  readonly query: string;
  readonly database: string;
  readonly format: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly isReadOnly: boolean;
  readonly wantsGzip: boolean;
  readonly wantsWholeResult: boolean;
}

/** Parameters of the protocol, which are no settings. */
const PROTOCOL: ReadonlySet<string> = new Set(
  [
    'query database default_format query_id user password session_id session_timeout session_check session_timezone compress decompress',
    'wait_end_of_query buffer_size enable_http_compression quota_key role client_protocol_version readonly',
    'send_progress_in_http_headers http_headers_progress_interval_ms cancel_http_readonly_queries_on_client_close',
  ]
    .join(' ')
    .split(' '),
);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const credentials = (request: IncomingMessage, url: URL): { name: string; password: string } => {
  const basic = /^Basic (.+)$/.exec(header(request, 'authorization') ?? '')?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return colon === -1
      ? { name: text, password: '' }
      : { name: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return {
    name: url.searchParams.get('user') ?? header(request, 'x-clickhouse-user') ?? 'default',
    password: url.searchParams.get('password') ?? header(request, 'x-clickhouse-key') ?? '',
  };
};

const authenticate = (request: IncomingMessage, url: URL, users: readonly ClickHouseUser[]): ClickHouseUser => {
  const { name, password } = credentials(request, url);
  const user = users.find((candidate) => candidate.name === name);
  if (user !== undefined && timingSafeEqual(digest(user.password), digest(password))) return user;
  throw new ClickHouseException(
    'AUTHENTICATION_FAILED',
    `${name}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
};

/**
 * A web page that a person happens to have open can send requests to this machine. It cannot do so without an Origin (or, by rebinding a
 * name, without a foreign Host), so both are refused.
 */
const refuseBrowsers = (request: IncomingMessage): void => {
  const host = header(request, 'host') ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host))
    throw new ClickHouseException('ACCESS_DENIED', `Requests for the host ${host} are not served`);
  if (header(request, 'origin') !== undefined)
    throw new ClickHouseException('ACCESS_DENIED', 'Requests of web pages are not served');
};

const PERMITTED: Readonly<Record<ClickHouseRole, ReadonlySet<StatementKind>>> = {
  admin: new Set(['read', 'insert', 'session', 'define']),
  writer: new Set(['read', 'insert', 'session']),
  reader: new Set(['read', 'session']),
};

/** The engine refuses writes of readers as well (`readonly`); this names the user. */
export const requirePermission = (role: ClickHouseRole, kind: StatementKind): void => {
  if (!PERMITTED[role].has(kind))
    throw new ClickHouseException('ACCESS_DENIED', `Not enough privileges: a ${role} may not run this statement`);
};

export const readRequest = (request: IncomingMessage, url: URL, users: readonly ClickHouseUser[]): QueryRequest => {
  refuseBrowsers(request);
  const { role } = authenticate(request, url, users);
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) {
      if (!/^param_\w+$/.test(name)) throw new ClickHouseException('UNKNOWN_SETTING', `Unknown parameter ${name}`);
      parameters.set(name.slice('param_'.length), value);
    } else if (!PROTOCOL.has(name)) {
      if (!isAllowedSetting(name))
        throw new ClickHouseException(
          'UNKNOWN_SETTING',
          `The setting ${name} is not available in the embedded ClickHouse`,
        );
      settings.set(name, value);
    }
  }
  if (url.searchParams.get('compress') === '1' || url.searchParams.get('decompress') === '1') {
    throw new ClickHouseException(
      'NOT_IMPLEMENTED',
      'The native block compression is not available in the embedded ClickHouse: use gzip',
    );
  }
  const format = url.searchParams.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated';
  if (!isAllowedFormat(format))
    throw new ClickHouseException('ACCESS_DENIED', `The format ${format} is not available in the embedded ClickHouse`);
  return {
    queryId: url.searchParams.get('query_id') ?? randomUUID(),
    role,
    query: url.searchParams.get('query') ?? '',
    database: url.searchParams.get('database') ?? header(request, 'x-clickhouse-database') ?? 'default',
    format,
    settings,
    parameters,
    isReadOnly:
      role === 'reader' ||
      request.method === 'GET' ||
      request.method === 'HEAD' ||
      !['0', null].includes(url.searchParams.get('readonly')),
    wantsGzip:
      url.searchParams.get('enable_http_compression') === '1' &&
      /\bgzip\b/.test(header(request, 'accept-encoding') ?? ''),
    wantsWholeResult: url.searchParams.get('wait_end_of_query') === '1',
  };
};
