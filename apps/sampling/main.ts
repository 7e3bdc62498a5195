import 'reflect-metadata';
import { samplingRole } from '#flow/sampling';
import { runRole } from '#platform/role';

await runRole(samplingRole);
