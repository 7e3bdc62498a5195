/** Nest providers of the gateway; tests put their own in place of the technology. */
export const GATEWAY = Symbol('gateway');
export const WAREHOUSE = Symbol('warehouse');
export const MODEL_LOADER = Symbol('model loader');
export const PARTITION_OWNER = Symbol('partition owner');
export const DEPLOYMENTS = Symbol('deployments');
export const CALLERS = Symbol('callers');
