import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackError } from './errors.js';
import { probeKafka } from './kafka-probe.js';
import { endOrphan } from './part-process.js';
import { identify, isAlive } from './processes.js';
import { nodeFlags } from './run-from-source.js';
import { startStack, type RunningStack, type StackOptions, type StackPart } from './start-stack.js';

const ANY = { kafka: 0, registry: 0, clickhouse: 0 };

const query = async (stack: RunningStack, sql: string): Promise<string> =>
  (await (await fetch(stack.clickhouseUrl, { method: 'POST', body: sql })).text()).trim();

const register = async (stack: RunningStack): Promise<unknown> => {
  const schema = JSON.stringify({ type: 'record', name: 'Kept', fields: [{ name: 'a', type: 'string' }] });
  const answer = await fetch(`${stack.registryUrl}/subjects/kept-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  return answer.json();
};

const kafkaServes = (stack: RunningStack): Promise<boolean> => {
  const [host = '', port = ''] = stack.kafkaBrokers.split(':');
  return probeKafka(host, Number(port));
};

const codeOf = (attempt: Promise<unknown>): Promise<{ code: string; message: string }> =>
  attempt.then(
    () => ({ code: 'none', message: '' }),
    (error: unknown) => {
      if (!(error instanceof StackError)) throw error;
      return { code: error.code, message: error.message };
    },
  );

describe('the embedded stack', () => {
  let home: string;
  let stack: RunningStack;
  const exits: { part: StackPart; lines: readonly string[] }[] = [];
  let onNextExit: () => void = () => undefined;

  const start = (options: Partial<StackOptions> = {}): Promise<RunningStack> =>
    startStack({
      home,
      ports: ANY,
      onExit: (part, { lastLines }) => {
        exits.push({ part, lines: lastLines });
        onNextExit();
      },
      ...options,
    });

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tidegate-stack-'));
    stack = await start();
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  it('serves all three, and its registry guards compatibility', async () => {
    expect(await kafkaServes(stack)).toBe(true);
    expect(await query(stack, 'SELECT 1')).toBe('1');
    expect(await (await fetch(`${stack.registryUrl}/config`)).json()).toMatchObject({
      compatibilityLevel: 'BACKWARD_TRANSITIVE',
    });
    expect(readdirSync(join(home, 'logs')).sort()).toEqual(['clickhouse.log', 'kafka.log', 'registry.log']);
  });

  it('refuses a second instance on its folder and says who runs', async () => {
    const { code, message } = await codeOf(start());
    expect(code).toBe('ALREADY_RUNNING');
    expect(message).toContain(home);
    expect(message).toContain(`process ${process.pid}`);
  });

  it('brings each part back on its data after a kill -9', async () => {
    await query(stack, 'CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a');
    await query(stack, 'INSERT INTO kept VALUES (1)');
    const registered = await register(stack);
    const before = stack.pids;
    await Promise.all(
      (['kafka', 'registry', 'clickhouse'] as const).map(async (part) => {
        await stack.kill(part, 'SIGKILL');
        expect(stack.pids[part]).toBeUndefined();
        await stack.restart(part);
        expect(stack.pids[part]).not.toBe(before[part]);
      }),
    );
    expect(await kafkaServes(stack)).toBe(true);
    expect(await query(stack, 'SELECT a FROM kept')).toBe('1');
    expect(await register(stack)).toEqual(registered);
    expect(exits).toEqual([]);
  }, 90_000);

  it('reports an end that nobody asked for, with the last lines of the log', async () => {
    const exited = new Promise<void>((resolve) => (onNextExit = resolve));
    process.kill(stack.pids.clickhouse ?? 0, 'SIGKILL');
    await exited;
    expect(exits.map(({ part }) => part)).toEqual(['clickhouse']);
    expect(exits[0]?.lines.join('\n')).toContain('"event":"ready"');
    await stack.restart('clickhouse');
    expect(await query(stack, 'SELECT a FROM kept')).toBe('1');
  }, 30_000);

  it('resumes on its data after a stop, on other ports if they were free ones', async () => {
    const registered = await register(stack);
    const pids = Object.values(stack.pids);
    await stack.stop();
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([]);
    stack = await start();
    expect(await kafkaServes(stack)).toBe(true);
    expect(await query(stack, 'SELECT a FROM kept')).toBe('1');
    expect(await register(stack)).toEqual(registered);
  }, 90_000);
});

describe('a start that cannot succeed', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tidegate-stack-'));
  });
  afterEach(() => {
    // Nothing holds the folder: the next start is not refused because of this one.
    expect(existsSync(join(home, 'run', 'lock'))).toBe(false);
    rmSync(home, { recursive: true, force: true });
  });
  const attempt = (options: Partial<StackOptions>) => codeOf(startStack({ home, ports: ANY, ...options }));

  it('names both variables when a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, message } = await attempt({ ports: { ...ANY, registry: port } });
    server.close();
    expect(code).toBe('PORT_TAKEN');
    expect(message).toContain(String(port));
    expect(message).toContain('EMBEDDED_REGISTRY_PORT');
    expect(message).toContain('SCHEMA_REGISTRY_URL');
  });

  it('says how to install Java when there is none', async () => {
    const { code, message } = await attempt({ java: join(home, 'no-java') });
    expect(code).toBe('JAVA_MISSING');
    expect(message).toContain('apt-get install');
  });

  it('names the set-up when its downloads are not there', async () => {
    const { code, message } = await attempt({ infra: join(home, 'nowhere') });
    expect([code, message]).toEqual(['INFRA_MISSING', expect.stringContaining('npm run setup')]);
  });

  it('does not begin on a disk that is nearly full', async () => {
    const { code, message } = await attempt({ minimumFreeBytes: Number.MAX_SAFE_INTEGER });
    expect([code, message]).toEqual(['DISK_FULL', expect.stringContaining('TIDEGATE_HOME')]);
  });

  it('can be broken off, and leaves nothing running', async () => {
    const { code } = await attempt({ parts: ['clickhouse'], signal: AbortSignal.abort() });
    expect(code).toBe('ABORTED');
    expect(readdirSync(join(home, 'run')).filter((name) => name.endsWith('.pid'))).toEqual([]);
  });

  it.each(['kafka', 'registry'] as const)('says what to do when %s met a full disk', async (part) => {
    const java = join(home, 'java');
    writeFileSync(
      java,
      `#!/bin/sh
if [ "$1" = -version ]; then echo 'openjdk version "17.0.1"' >&2; exit 0; fi
echo 'java.io.IOException: No space left on device' >&2
exit 1
`,
      { mode: 0o755 },
    );
    const { code, message } = await attempt({ parts: [part], java });
    expect([code, message]).toEqual(['DISK_FULL', expect.stringContaining('free some space')]);
  });
});

describe('a stack whose owner was killed', () => {
  it('leaves its folder and its ports to the next one at once', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tidegate-stack-'));
    const module = fileURLToPath(new URL('./start-stack.ts', import.meta.url));
    const script = `import { startStack } from ${JSON.stringify(module)};
      const stack = await startStack({ home: ${JSON.stringify(home)}, parts: ['clickhouse'], ports: { clickhouse: 0 } });
      console.log(JSON.stringify({ pid: stack.pids.clickhouse, port: Number(new URL(stack.clickhouseUrl).port) }));
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, [...nodeFlags(import.meta.url), '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { pid, port } = JSON.parse(line.toString()) as { pid: number; port: number };
    const left = identify(pid);
    if (left === undefined) throw new Error('the part does not run');

    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: port } });

    expect(isAlive(left)).toBe(false);
    expect(await query(stack, 'SELECT 1')).toBe('1');
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  it('is not mistaken for a stranger with its pid', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tidegate-stack-'));
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    mkdirSync(join(home, 'run'));
    const file = join(home, 'run', 'kafka.pid');
    const identity = identify(stranger.pid ?? 0);
    if (identity === undefined) throw new Error('the stranger does not run');

    writeFileSync(file, JSON.stringify(identity));
    expect(await endOrphan(file, home, 1_000)).toBe(false);

    expect(isAlive(identity)).toBe(true);
    stranger.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('is ended by the next start when it still runs', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tidegate-stack-'));
    mkdirSync(join(home, 'run'));
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', home], { stdio: 'ignore' });
    const file = join(home, 'run', 'kafka.pid');
    const identity = identify(orphan.pid ?? 0);
    if (identity === undefined) throw new Error('the orphan does not run');
    writeFileSync(file, JSON.stringify(identity));

    expect(await endOrphan(file, home, 5_000)).toBe(true);

    expect(isAlive(identity)).toBe(false);
    expect(existsSync(file)).toBe(false);
    rmSync(home, { recursive: true, force: true });
  });
});
