import { build, needsBuild } from './build.mjs';
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

const isDone = () => !needsInstall() && !needsPatches() && !needsBuild() && !needsInfra();

/** Does whatever is missing and nothing else. The Java half and the Node half run side by side. */
export const setUp = async () => {
  requireNode();
  if (isDone()) return makeClassDataLater();
  const began = performance.now();
  await withLock(async () => {
    if (isDone()) return;
    const java = async () => {
      if (needsInfra()) await fetchInfra();
      makeClassDataLater();
    };
    const halves = await Promise.allSettled([installAndBuild(), java()]);
    const failed = halves.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    say(`set up in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  });
};

/** For the command lines: prints what went wrong and ends with 1. */
export const setUpOrExit = async () => {
  try {
    await setUp();
  } catch (error) {
    process.stderr.write(`tidegate: ${error.message}\n`);
    process.exit(1);
  }
};
