import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { at, infra, nodeBinary } from './places.mjs';
import { runCommand } from './run-command.mjs';
import { SetupError, timed } from './say.mjs';

const pom = at('libs', 'platform', 'stack', 'pom.xml');
const stamp = join(infra, '.complete');

const wanted = () => createHash('sha256').update(readFileSync(pom)).digest('hex');

/** With an outside Kafka and an outside registry nothing of this is used. */
const isUnused = () => Boolean(process.env.KAFKA_BROKERS && process.env.SCHEMA_REGISTRY_URL);

export const needsInfra = () => !isUnused() && (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted());

const JAVA = 'Debian or Ubuntu: "sudo apt-get install openjdk-17-jre-headless", macOS: "brew install openjdk@17"';
const MAVEN = 'Debian or Ubuntu: "sudo apt-get install maven", macOS: "brew install maven"';

export const requireJava = async () => {
  const text = await runCommand('java', ['-version'], {
    missing: `Java was not found: Kafka and the schema registry need Java 17 or newer. ${JAVA}`,
  }).catch((error) => {
    throw new SetupError(error.message);
  });
  const major = Number(/version "(?:1\.)?(\d+)/.exec(text)?.[1] ?? 0);
  if (major < 17)
    throw new SetupError(
      `Java ${major || 'of an unknown version'} is too old: Kafka and the schema registry need Java 17 or newer. ${JAVA}`,
    );
};

/** Kafka and the registry from Maven Central (206 MB on an empty repository), into a new folder that then takes its place. */
const resolve = () =>
  timed('fetching Kafka and the schema registry (Maven, 206 MB the first time)', async () => {
    const fresh = `${infra}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(dirname(infra), { recursive: true });
    await runCommand('mvn', ['-B', '-q', '-f', pom, `-Dinfra=${fresh}`, 'package'], {
      missing: `Maven was not found: it fetches Kafka and the schema registry. ${MAVEN}`,
    }).catch((error) => {
      throw new SetupError(
        `${error.message}\nKafka and the schema registry come from Maven Central (or the mirror in ~/.m2/settings.xml).`,
      );
    });
    rmSync(infra, { recursive: true, force: true });
    renameSync(fresh, infra);
  });

export const fetchInfra = async () => {
  await requireJava();
  await resolve();
  writeFileSync(stamp, wanted());
};

const MOST_ATTEMPTS = 3;

const hasClassData = () => {
  const archives = join(infra, 'class-data');
  if (['kafka', 'registry'].every((name) => existsSync(join(archives, `${name}.jsa`)))) return true;
  const attempts = join(archives, '.attempts');
  return existsSync(attempts) && readFileSync(attempts, 'utf8').length >= MOST_ATTEMPTS;
};

const isAlive = (pidFile) => {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
};

/**
 * Has the archives made that halve later starts, in the background and at a low priority: the first start does not wait for them.
 * What was killed half-way is tried again at the next set-up.
 */
export const makeClassDataLater = () => {
  if (isUnused() || hasClassData() || isAlive(join(infra, 'class-data.pid'))) return;
  const log = openSync(join(infra, 'class-data.log'), 'a');
  const child = spawn(nodeBinary(), [at('scripts', 'make-class-data.mjs'), infra], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid === undefined) return;
  writeFileSync(join(infra, 'class-data.pid'), String(child.pid));
  try {
    setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It ended already, or the system does not allow it.
  }
  child.unref();
};
