export { connect, kafkaConnection, type Connections } from './connect.js';
export { createHealthRegistry } from './health.js';
export { InjectPlatform, PLATFORM, WORKERS, type Platform } from './platform.js';
export { PlatformModule } from './platform.module.js';
export { createLifecycle, runRole, type Lifecycle } from './run-role.js';
export { httpAdapter, startRole, type RoleDefinition, type RunningRole } from './start-role.js';
