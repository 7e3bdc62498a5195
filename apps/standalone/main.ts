import 'reflect-metadata';
import path from 'node:path';
import { ConfigError, homeOf, readEnvironment } from '#platform/config';
import { createLifecycle } from '#platform/role';
import { createLogger } from '#platform/telemetry';
import { parseArguments, usage } from './arguments.js';
import { demoDefaults } from './demo.js';
import { rolesNamed } from './roles.js';
import { runStandalone } from './run-standalone.js';

try {
  const { demo, roles, help } = parseArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(usage);
  } else {
    const environment = readEnvironment({}, demo ? demoDefaults : {});
    const log = path.join(homeOf(environment), 'logs', 'tidegate.log');
    const logger = createLogger({ stage: 'standalone', level: environment.LOG_LEVEL, file: log });
    const lifecycle = createLifecycle(logger, (message) => process.stdout.write(`${message}\ndetails: ${log}\n`));
    await runStandalone({ environment, demo, roles: rolesNamed(roles), log, logger, lifecycle });
    // Native threads of the model runtime must not keep a stopped process alive.
    process.exit(await lifecycle.ended);
  }
} catch (error) {
  const isUsage = error instanceof ConfigError || error instanceof TypeError;
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exit(isUsage ? 2 : 1);
}
