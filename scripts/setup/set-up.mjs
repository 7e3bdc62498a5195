import { build, needsBuild } from './build.mjs';
import { fetchEncoder, needsEncoder, settleEncoder, WITHOUT_ENCODER } from './encoder.mjs';
import { fetchInfra, makeClassDataLater, needsInfra } from './infra.mjs';
import { withLock } from './lock.mjs';
import { applyPatches, install, needsInstall, needsPatches } from './packages.mjs';
import { at, nodeBinary } from './places.mjs';
import { runCommand } from './run-command.mjs';
import { say, SetupError } from './say.mjs';

const major = (version) => Number(version.replace(/^v/, '').split('.')[0]);

const requireNode = () => {
  if (major(process.versions.node) >= 20) return;
  throw new SetupError(
    `Node.js ${process.versions.node} is too old: install Node.js 20 or newer (Linux), 24 or newer (elsewhere), from https://nodejs.org`,
  );
};

const requireInstalledNode = async () => {
  const binary = nodeBinary();
  const version =
    binary === process.execPath ? process.version : await runCommand(binary, ['--version'], { cwd: at() });
  if (major(version) >= 24) return;
  throw new SetupError(
    `Node.js 24 is needed and ${version.trim()} was found. On Linux (x64, arm64) the install brings it; elsewhere install it from https://nodejs.org`,
  );
};

const installAndBuild = async () => {
  if (needsInstall()) {
    await install();
    await requireInstalledNode();
  }
  if (needsPatches()) await applyPatches();
  if (needsBuild()) await build();
};

const isDone = (encoder) =>
  !needsInstall() && !needsPatches() && !needsBuild() && !needsInfra() && !needsEncoder(encoder);

/**
 * Does whatever is missing and nothing else. The Java half and the Node half run side by side; the encoder comes after Kafka, because
 * two Maven processes must not write into one repository, and is there long before the packages are.
 */
const setUp = async (encoder) => {
  requireNode();
  if (isDone(encoder)) {
    settleEncoder(encoder);
    return makeClassDataLater();
  }
  const began = performance.now();
  await withLock(async () => {
    if (isDone(encoder)) return;
    const java = async () => {
      if (needsInfra()) await fetchInfra();
      makeClassDataLater();
      settleEncoder(encoder);
      if (needsEncoder(encoder)) await fetchEncoder();
    };
    const halves = await Promise.allSettled([installAndBuild(), java()]);
    const failed = halves.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    say(`set up in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  });
};

/**
 * For the command lines: prints what went wrong and ends with 1. `isAsked`: an encoder that could not be fetched is tried again;
 * `isDeclined`: none is wanted.
 */
export const setUpOrExit = async ({ isAsked = false, isDeclined = false } = {}) => {
  try {
    await setUp({ isAsked, isDeclined });
  } catch (error) {
    process.stderr.write(`tidegate: ${error.message}\n`);
    process.exit(1);
  }
};
