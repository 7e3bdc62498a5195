export { assessHealth, createHealthRegistry, type HealthRegistry, type HealthReport } from './health.js';
export { HEALTH, InjectPlatform, METRICS, PLATFORM, WORKERS, type Platform } from './platform.js';
export { PlatformModule } from './platform.module.js';
export { startRole, type RoleDefinition, type RunningRole } from './start-role.js';
