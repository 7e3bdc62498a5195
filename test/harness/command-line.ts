import { execFile } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '#platform/config';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tidegate ...` as a person would, against an installation. */
export function runTidegate(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const main = path.join(projectRoot, 'dist/apps/cli/main.js');
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'], ...environment }, maxBuffer: 67_108_864 };
    execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}
