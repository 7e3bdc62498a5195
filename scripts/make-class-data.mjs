import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './setup/run-command.mjs';

const JAVA = 'java';

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Runs a Java program until it says that it is ready, then ends it; it writes its archive on the way out. */
const runUntil = (args, isReady) =>
  new Promise((resolve, reject) => {
    const child = spawn(JAVA, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), 300_000);
    const read = (chunk) => {
      output = (output + chunk).slice(-100_000);
      if (isReady.test(output)) child.kill('SIGTERM');
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(limit);
      if (isReady.test(output)) resolve();
      else reject(new Error(`java did not become ready:\n${output.split('\n').slice(-20).join('\n')}`));
    });
  });

// The flags must be those of the stack: Java refuses an archive that was made with another collector.
const FLAGS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

const archiveKafka = async (folder, archive, scratch) => {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const settings = join(scratch, 'kafka.properties');
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(scratch, 'kafka'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'log.cleaner.dedupe.buffer.size': 4194304,
    // At low priority on a busy machine everything takes its time.
    'initial.broker.registration.timeout.ms': 300000,
    'broker.session.timeout.ms': 60000,
  };
  writeFileSync(
    settings,
    Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const logging = join(scratch, 'log4j2.properties');
  writeFileSync(
    logging,
    'appender.console.type=Console\nappender.console.name=STDOUT\nappender.console.layout.type=PatternLayout\nappender.console.layout.pattern=%m%n\nrootLogger.level=info\nrootLogger.appenderRefs=stdout\nrootLogger.appenderRef.stdout.ref=STDOUT\n',
  );
  const common = ['-Xmx512m', ...FLAGS, `-Dlog4j2.configurationFile=${logging}`, '-cp', join(folder, 'kafka', '*')];
  await runCommand(JAVA, [
    ...common,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'dGlkZWdhdGUtc2V0dXAwMA',
    '-c',
    settings,
  ]);
  await runUntil([`-XX:ArchiveClassesAtExit=${archive}`, ...common, 'kafka.Kafka', settings], /Kafka Server started/);
};

const archiveRegistry = async (folder, archive, scratch) => {
  const jar = readdirSync(join(folder, 'apicurio')).find((name) => name.endsWith('-runner.jar'));
  const port = await freePort();
  await runUntil(
    [
      `-XX:ArchiveClassesAtExit=${archive}`,
      '-Xmx256m',
      ...FLAGS,
      `-DREGISTRY_DATASOURCE_URL=jdbc:h2:file:${join(scratch, 'registry')}`,
      '-Dquarkus.datasource.jdbc.initial-size=1',
      '-Dquarkus.datasource.jdbc.min-size=1',
      '-Dquarkus.datasource.jdbc.max-size=8',
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      '-jar',
      join(folder, 'apicurio', jar),
    ],
    /Listening on: http|started in [\d.]+s/,
  );
};

/**
 * Class-data archives: each Java process of the stack starts in half the time with one. Never fatal: everything works without them.
 * An archive names the paths of its class path, so it is made for the folder where the jars stay, and appears whole.
 */
const makeClassData = async (folder) => {
  const scratch = mkdtempSync(join(tmpdir(), 'tidegate-class-data-'));
  const archives = join(folder, 'class-data');
  mkdirSync(archives, { recursive: true });
  appendFileSync(join(archives, '.attempts'), '.');
  try {
    for (const [name, archive] of Object.entries({ kafka: archiveKafka, registry: archiveRegistry })) {
      const fresh = join(archives, `${name}-${process.pid}.jsa`);
      await archive(folder, fresh, scratch);
      renameSync(fresh, join(archives, `${name}.jsa`));
    }
  } catch (error) {
    process.stderr.write(`${new Date().toISOString()} ${error.message}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

await makeClassData(process.argv[2]);
