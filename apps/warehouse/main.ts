import 'reflect-metadata';
import { warehouseRole } from '#flow/warehouse';
import { runRole } from '#platform/role';

await runRole(warehouseRole);
