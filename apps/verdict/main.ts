import 'reflect-metadata';
import { verdictRole } from '#flow/verdict';
import { runRole } from '#platform/role';

await runRole(verdictRole);
