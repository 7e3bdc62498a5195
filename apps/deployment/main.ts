import 'reflect-metadata';
import { deploymentRole } from '#flow/deployment';
import { runRole } from '#platform/role';

await runRole(deploymentRole);
