import 'reflect-metadata';
import { labelRole } from '#flow/label';
import { runRole } from '#platform/role';

await runRole(labelRole);
