import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { classArchiveFlags } from './class-archive.js';
import type { PartPlan } from './part-process.js';
import { LOOPBACK } from './ports.js';
import type { Infra, Java } from './preflight.js';

/** Where Apicurio speaks the Confluent protocol. */
export const registryUrl = (port: number): string => `http://${LOOPBACK}:${port}/apis/ccompat/v7`;

export interface RegistryOptions {
  readonly home: string;
  readonly infra: Infra;
  readonly java: Java;
  readonly port: number;
  readonly readyWithinMs: number;
}

/** Ready means: it answers, and new subjects are BACKWARD_TRANSITIVE (its own default is NONE). */
const isRegistryReady = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${url}/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ compatibility: 'BACKWARD_TRANSITIVE' }),
      signal: AbortSignal.timeout(2_000),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
};

export const planRegistry = ({ home, infra, java, port, readyWithinMs }: RegistryOptions): PartPlan => {
  const data = join(home, 'data', 'registry');
  mkdirSync(data, { recursive: true });
  return {
    name: 'schema registry',
    command: java.command,
    args: [
      ...classArchiveFlags(infra.folder, 'registry'),
      '-Xmx256m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:+ExitOnOutOfMemoryError',
      `-DREGISTRY_DATASOURCE_URL=jdbc:h2:file:${join(data, 'registry')}`,
      // The pool starts with 20 connections otherwise.
      '-Dquarkus.datasource.jdbc.initial-size=1',
      '-Dquarkus.datasource.jdbc.min-size=1',
      '-Dquarkus.datasource.jdbc.max-size=8',
      `-Dquarkus.http.host=${LOOPBACK}`,
      `-Dquarkus.http.port=${port}`,
      '-jar',
      infra.registryJar,
    ],
    logFile: join(home, 'logs', 'registry.log'),
    pidFile: join(home, 'run', 'registry.pid'),
    isReady: () => isRegistryReady(registryUrl(port)),
    readyWithinMs,
    stopWithinMs: 20_000,
  };
};
