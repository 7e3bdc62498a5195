import 'reflect-metadata';
import { datasetRole } from '#flow/dataset';
import { runRole } from '#platform/role';

await runRole(datasetRole);
