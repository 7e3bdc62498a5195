import 'reflect-metadata';
import { predictionRole } from '#flow/prediction';
import { runRole } from '#platform/role';

await runRole(predictionRole);
