export { ConfigError, parseEnvironment, readEnvironment, homeOf, type Environment } from './environment.js';
export { defaultServices, platformConfig, type PlatformConfig } from './platform-config.js';
export { configurationTable, exampleEnvironment } from './reference.js';
export { projectRoot, release } from './project.js';
