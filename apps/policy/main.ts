import 'reflect-metadata';
import { policyRole } from '#flow/policy';
import { runRole } from '#platform/role';

await runRole(policyRole);
