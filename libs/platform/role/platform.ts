import { Inject } from '@nestjs/common';
import type { PlatformConfig } from '#platform/config';
import type { Broker, Serde, Writer } from '#platform/stream';
import type { Logger, Metrics } from '#platform/telemetry';
import type { HealthRegistry } from './health.js';

/** What the shell of a role works with. The domain below it sees none of this. */
export interface Platform {
  /** Name of the app. */
  readonly app: string;
  readonly config: PlatformConfig;
  readonly broker: Broker;
  readonly serde: Serde;
  readonly writer: Writer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Shared by all roles of the process. */
  readonly metrics: Metrics;
  /** Shared by all roles of the process. */
  readonly health: HealthRegistry;
  readonly release: string;
  /** Key of author hashes and of salts; a secret of the installation. */
  readonly secret: Buffer;
  /** The role cannot go on: it stops with offsets untouched, and the process exits with 1. */
  readonly onFatal: (error: Error) => void;
}

export const PLATFORM = Symbol('platform');
export const HEALTH = Symbol('health');
export const METRICS = Symbol('metrics');
/** Optional provider of a stage module: `readonly Worker[]` that the role starts last and stops first. */
export const WORKERS = Symbol('workers');

export function InjectPlatform(): ParameterDecorator {
  return Inject(PLATFORM);
}
