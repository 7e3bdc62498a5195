import 'reflect-metadata';
import { consoleRole } from '#flow/console';
import { runRole } from '#platform/role';

await runRole(consoleRole);
