import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#platform/config';
import { flowApps, startInstallation, type Installation } from '../harness/installation.js';

const run = promisify(execFile);
const docs = path.join(projectRoot, 'docs/clients');
const COUNT = 20;

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation({ roles: flowApps });
}, 180_000);

afterAll(() => installation.close(), 60_000);

async function runWithInput(command: string, args: readonly string[], input: string): Promise<string> {
  const started = run(command, args, { maxBuffer: 67_108_864 });
  started.child.stdin?.end(input);
  return (await started).stdout;
}

function jars(folder: string, ...names: readonly string[]): string {
  const found = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => {
      const jar = found.find((file) => path.basename(file).includes(name) && file.endsWith('.jar'));
      if (jar === undefined) throw new Error(`no ${name} below ${folder}`);
      return path.join(folder, jar);
    })
    .join(path.delimiter);
}

describe('clients that are not ours', () => {
  const contents = Array.from({ length: COUNT }, (_, n) =>
    JSON.stringify({ platform: 'python', contentId: `py-${n}`, text: `the ${n}th boat is in the harbour` }),
  );

  it('Python publishes with librdkafka, Java reads the verdicts', async () => {
    const venv = path.join(os.tmpdir(), 'tidegate-python');
    const python = path.join(venv, 'bin/python');
    if (!fs.existsSync(python)) await run('python3', ['-m', 'venv', venv]);
    await run(python, ['-m', 'pip', 'install', '--quiet', 'confluent-kafka[avro,schemaregistry]']);
    const { kafkaBrokers, registryUrl } = installation.stack;
    const args = [path.join(docs, 'publish.py'), kafkaBrokers, registryUrl];
    expect(await runWithInput(python, args, contents.join('\n'))).toContain(`${COUNT} of ${COUNT} acknowledged`);
    const infra = path.join(projectRoot, '.tidegate/infra');
    const classPath = [
      path.join(infra, 'kafka', '*'),
      jars(path.join(infra, 'apicurio'), 'avro-1', 'jackson-core', 'jackson-databind', 'jackson-annotations'),
    ].join(path.delimiter);
    const subscribe = path.join(docs, 'Subscribe.java');
    const { stdout } = await run('java', [
      '-cp',
      classPath,
      subscribe,
      kafkaBrokers,
      registryUrl,
      'verdict.public',
      String(COUNT),
    ]);
    const keys = new Set(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    );
    expect(keys).toEqual(new Set(Array.from({ length: COUNT }, (_, n) => `python/py-${n}`)));
  }, 300_000);

  it('kcat reads the verdicts, and decodes them where it was built with Avro', async () => {
    const version = await run('kcat', ['-V']).catch(() => null);
    if (version === null) {
      process.stderr.write('kcat is not installed (Debian: apt-get install kcat): skipped\n');
      return;
    }
    const { kafkaBrokers, registryUrl } = installation.stack;
    const read = ['-b', kafkaBrokers, '-t', 'verdict.public', '-C', '-e', '-q', '-X', 'isolation.level=read_committed'];
    // Debian builds it without Avro: then it shows keys and the frame of the values.
    const hasAvro = version.stdout.includes('Avro');
    const decode = hasAvro ? ['-s', 'value=avro', '-r', registryUrl, '-f', '%k %s\\n'] : ['-f', '%k %S\\n'];
    const { stdout } = await run('kcat', [...read, ...decode]);
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('python/py-')).length).toBeGreaterThanOrEqual(COUNT);
    if (hasAvro) expect(stdout).toContain('"verdictId"');
    else expect(lines.every((line) => Number(line.split(' ').at(-1)) > 5)).toBe(true);
  }, 60_000);
});
