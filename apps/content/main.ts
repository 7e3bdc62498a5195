import 'reflect-metadata';
import { contentRole } from '#flow/content';
import { runRole } from '#platform/role';

await runRole(contentRole);
