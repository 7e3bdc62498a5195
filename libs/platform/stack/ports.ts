import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackError, systemCode } from './errors.js';

export const LOOPBACK = '127.0.0.1';

/** Opens and closes a listener; resolves with the system error code that prevented it. */
const tryListen = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(systemCode(error) ?? 'EUNKNOWN');
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });

/**
 * A port that nobody listens on, below the range that systems hand out to outgoing connections (32768 and up on Linux, 49152 and up
 * elsewhere): a part that was killed must find its port free again when it comes back.
 */
export const pickPort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if ((await tryListen(port)) === undefined) return port;
  }
};

/** @throws StackError PORT_TAKEN that names both variables which help. */
export const requirePort = async (
  port: number,
  portVariable: string,
  urlVariable: string,
  what: string,
): Promise<number> => {
  if (port === 0) return pickPort();
  const problem = await tryListen(port);
  if (problem === undefined) return port;
  const why = problem === 'EACCES' ? 'may not be opened by this user' : 'is taken';
  throw new StackError(
    'PORT_TAKEN',
    `Port ${port} on ${LOOPBACK} ${why}, so the embedded ${what} cannot start. Set ${portVariable} to a free port, or ${urlVariable} to the ${what} that you already run.`,
  );
};
