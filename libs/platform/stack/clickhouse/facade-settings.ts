import type { ClickHouseUser } from './request.js';

/** Handed to the facade's process in a file: passwords do not belong on a command line. */
export interface FacadeSettings {
  readonly host: string;
  readonly port: number;
  /** The folder that holds the engine's folder and the spool. */
  readonly data: string;
  readonly users: readonly ClickHouseUser[];
}
