/** Nest providers of the console; tests put their own in place of the technology. */
export const DESK = Symbol('desk');
export const WAREHOUSE = Symbol('warehouse');
