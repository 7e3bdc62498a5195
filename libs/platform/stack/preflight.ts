import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, StackError, systemCode } from './errors.js';

const run = promisify(execFile);

const INSTALL_JAVA =
  'Install it: on Debian or Ubuntu "sudo apt-get install openjdk-17-jre-headless", on macOS "brew install openjdk@17".';

/** The major version in the first line of `java -version` (`17` in `openjdk version "17.0.15"`, `8` in `java version "1.8.0_392"`). */
export const javaMajor = (text: string): number | undefined => {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
};

export interface Java {
  readonly command: string;
  readonly major: number;
}

/** @throws StackError JAVA_MISSING or JAVA_TOO_OLD (the registry and Kafka 4 need Java 17). */
export const requireJava = async (command: string): Promise<Java> => {
  let text: string;
  try {
    text = (await run(command, ['-version'])).stderr;
  } catch (error) {
    const problem = systemCode(error) === 'ENOENT' ? 'Java was not found' : `Java does not run (${messageOf(error)})`;
    throw new StackError(
      'JAVA_MISSING',
      `${problem}: the embedded Kafka and schema registry need Java 17 or newer. ${INSTALL_JAVA}`,
    );
  }
  const major = javaMajor(text);
  if (major === undefined)
    throw new StackError(
      'JAVA_MISSING',
      `"${command} -version" names no version: Java 17 or newer is needed. ${INSTALL_JAVA}`,
    );
  if (major < 17)
    throw new StackError(
      'JAVA_TOO_OLD',
      `Java ${major} is too old: the embedded Kafka and schema registry need Java 17 or newer. ${INSTALL_JAVA}`,
    );
  return { command, major };
};

const MEBIBYTE = 1024 * 1024;

/** @throws StackError DISK_FULL when less than `minimum` bytes are left for the data folder. */
export const requireDisk = async (home: string, minimum: number): Promise<void> => {
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  if (free >= minimum) return;
  throw new StackError(
    'DISK_FULL',
    `Only ${Math.floor(free / MEBIBYTE)} MiB are free on the disk of ${home}; Kafka and ClickHouse need at least ${Math.ceil(minimum / MEBIBYTE)} MiB. Free some space, or set TIDEGATE_HOME to a folder on another disk.`,
  );
};

export interface Infra {
  readonly folder: string;
  readonly kafkaClassPath: string;
  readonly registryJar: string;
}

/** @throws StackError INFRA_MISSING when the downloads of `npm run setup` are not there. */
export const requireInfra = (folder: string): Infra => {
  const registry = join(folder, 'apicurio');
  const jar = existsSync(registry) ? readdirSync(registry).find((name) => name.endsWith('-runner.jar')) : undefined;
  const kafka = join(folder, 'kafka');
  if (jar === undefined || !existsSync(kafka)) {
    throw new StackError(
      'INFRA_MISSING',
      `Kafka and the schema registry are not in ${folder}. Run "npm run setup" (it downloads them with Maven), or set TIDEGATE_INFRA to the folder that holds them.`,
    );
  }
  return { folder, kafkaClassPath: join(kafka, '*'), registryJar: join(registry, jar) };
};
