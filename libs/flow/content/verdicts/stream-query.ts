import { z } from 'zod';
import type { Caller } from '../callers/caller.js';
import { Problem } from '../http/problem.js';
import { readBody } from '../http/read-body.js';

const querySchema = z.strictObject({ channel: z.string().optional(), platform: z.string().optional() });

/** @throws Problem that names the parameter */
export function readStreamQuery(
  query: unknown,
  caller: Pick<Caller, 'platform' | 'channel'>,
  channels: readonly string[],
): { readonly channel: string } {
  const { channel = caller.channel, platform = caller.platform } = readBody(querySchema, query);
  if (platform !== caller.platform) refuse('forbidden', 'platform', 'The key belongs to another platform.');
  if (!channels.includes(channel)) refuse('invalid_request', 'channel', `Must be one of ${channels.join(', ')}.`);
  return { channel };
}

function refuse(code: 'forbidden' | 'invalid_request', field: string, detail: string): never {
  throw new Problem(code, `${field}: ${detail}`, { errors: [{ pointer: `/${field}`, detail }] });
}
