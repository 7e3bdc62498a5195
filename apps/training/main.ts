import 'reflect-metadata';
import { trainingRole } from '#flow/training';
import { runRole } from '#platform/role';

await runRole(trainingRole);
