import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBySchema, SchemaName } from '#platform/contracts';

export interface Example<T> {
  /** File name without `.json`. */
  readonly name: string;
  readonly event: T;
}

const AVRO = join(import.meta.dirname, '../../../avro');

/** The examples of `avro/<stage>/examples/<event>/`, by name. In their JSON, bytes are `{"$bytes": "<base64>"}`. */
export function loadExamples<S extends SchemaName>(schemaName: S): readonly Example<EventBySchema[S]>[] {
  const [stage = '', event = ''] = schemaName.split('/');
  const folder = join(AVRO, stage, 'examples', event);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.json'.length),
      event: JSON.parse(readFileSync(join(folder, file), 'utf8'), reviveBytes) as EventBySchema[S],
    }));
}

function reviveBytes(_: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && '$bytes' in value && typeof value.$bytes === 'string';
  return isBytes ? Buffer.from(value.$bytes as string, 'base64') : value;
}
