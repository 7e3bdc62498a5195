import { Session } from 'chdb';
import { ClickHouseException } from './exceptions.js';

/** What a statement expects of the connection that runs it. */
export interface SessionState {
  readonly database: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface Lease {
  readonly session: Session;
  /** `isChanged` when the statement itself changed the connection, or may have. */
  release(isChanged: boolean): void;
}

export interface SessionPool {
  /** Waits for a free connection and gives it the state; throws what the engine says of a wrong setting. */
  lease(state: SessionState, signal: AbortSignal): Promise<Lease>;
  /** Resolves when nothing runs any more; nothing new is let in. */
  close(): Promise<void>;
}

interface Connection {
  session: Session;
  database: string;
  settings: ReadonlyMap<string, string>;
}

const DEFAULT_DATABASE = 'default';
const NO_SETTINGS: ReadonlyMap<string, string> = new Map();

const literal = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const settingValue = (value: string): string => (/^-?\d+(\.\d+)?$/.test(value) ? value : literal(value));

/** The one SET statement that turns one state into another; `undefined` when they are the same. */
export const settingChange = (
  have: ReadonlyMap<string, string>,
  { settings, parameters }: SessionState,
): string | undefined => {
  const changes = [
    ...[...have.keys()].filter((name) => !settings.has(name)).map((name) => `${name} = DEFAULT`),
    ...[...settings]
      .filter(([name, value]) => have.get(name) !== value)
      .map(([name, value]) => `${name} = ${settingValue(value)}`),
    ...[...parameters].map(([name, value]) => `param_${name} = ${literal(value)}`),
  ];
  return changes.length === 0 ? undefined : `SET ${changes.join(', ')}`;
};

/**
 * Queries on one session wait for each other, several sessions on one folder run in parallel: so a pool, first come first served. A
 * read-only pool sets `readonly = 2` once; it cannot be taken back, so reading callers never meet a connection that may write.
 */
export const createSessionPool = (
  open: () => Session,
  size: number,
  isReadOnly: boolean,
  longestQueue: number,
): SessionPool => {
  const idle: Connection[] = [];
  const waiting: ((connection: Connection) => void)[] = [];
  let opened = 0;
  let drained: (() => void) | undefined;
  let isClosed = false;

  const openConnection = async (): Promise<Connection> => {
    const session = open();
    if (isReadOnly) await session.queryAsync('SET readonly = 2');
    return { session, database: DEFAULT_DATABASE, settings: NO_SETTINGS };
  };

  const pass = (connection: Connection): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
    if (idle.length === opened) drained?.();
  };

  const take = async (signal: AbortSignal): Promise<Connection> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (opened < size) {
      opened++;
      try {
        return await openConnection();
      } catch (error) {
        opened--;
        throw error;
      }
    }
    if (waiting.length >= longestQueue)
      throw new ClickHouseException(
        'TOO_MANY_SIMULTANEOUS_QUERIES',
        `Too many simultaneous queries: ${size} run and ${longestQueue} wait`,
      );
    return new Promise((resolve, reject) => {
      const enter = (connection: Connection): void => {
        signal.removeEventListener('abort', leave);
        resolve(connection);
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(new Error('The caller has gone'));
      };
      waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  };

  const replace = async (connection: Connection): Promise<void> => {
    connection.session.close();
    try {
      pass(await openConnection());
    } catch {
      // Without its replacement the pool is one smaller; the next caller opens another one.
      opened--;
      if (idle.length === opened) drained?.();
    }
  };

  const giveBack = (connection: Connection, isChanged: boolean): void => {
    if (isChanged) void replace(connection);
    else pass(connection);
  };

  return {
    async lease(state, signal) {
      if (isClosed) throw new ClickHouseException('TOO_MANY_SIMULTANEOUS_QUERIES', 'The server is stopping');
      const connection = await take(signal);
      try {
        if (connection.database !== state.database) {
          await connection.session.queryAsync(`USE \`${state.database.replaceAll(/[`\\]/g, '\\$&')}\``);
          connection.database = state.database;
        }
        const change = settingChange(connection.settings, state);
        if (change !== undefined) await connection.session.queryAsync(change);
        connection.settings = state.settings;
      } catch (error) {
        giveBack(connection, true);
        throw error;
      }
      return {
        session: connection.session,
        release: (isChanged) => {
          giveBack(connection, isChanged);
        },
      };
    },
    async close() {
      isClosed = true;
      if (idle.length !== opened) await new Promise<void>((resolve) => (drained = resolve));
      for (const { session } of idle) session.close();
    },
  };
};
