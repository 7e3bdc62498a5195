export { consoleRoles, isConsoleRole } from './access/roles.js';
export { createUserStore, readFirstPassword } from './access/user-store.js';
export type { ConsoleRole } from './api/index.js';
export { consoleRole } from './console.module.js';
