import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { ConfigError, release } from '#platform/config';
import { RetryableError } from '#platform/stream';
import { CliModule } from './cli.module.js';
import { UsageError } from './usage-error.js';

/** Exit codes: 0 done, 1 failed, 2 called wrongly. */
// The name that usage lines show; the file behind it is an accident of the build.
process.argv[1] = 'tidegate';
await CommandFactory.run(CliModule, {
  cliName: 'tidegate',
  version: release,
  logger: false,
  errorHandler: (error) => {
    const exitCode = 'exitCode' in error ? error.exitCode : 1;
    process.exit(exitCode === 0 ? 0 : 2);
  },
  serviceErrorHandler: (error) => {
    const advice = error instanceof RetryableError ? '; `tidegate doctor` says which part does not answer' : '';
    process.stderr.write(`${error.message}${advice}\n`);
    process.exitCode = error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
  },
});
// Sockets of clients that still retry must not keep a finished command alive.
process.exit();
