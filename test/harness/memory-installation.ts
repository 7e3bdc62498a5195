import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defaultServices, parseEnvironment, platformConfig, type PlatformConfig } from '#platform/config';
import { contentKey, type ContentSubmitted, type EventOf, type TopicName } from '#platform/contracts';
import { createHealthRegistry, startRole, type Platform, type RoleDefinition, type RunningRole } from '#platform/role';
import { createWriter, type Broker, type Serde, type Writer } from '#platform/stream';
import { createLogger, createMetrics } from '#platform/telemetry';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';

/** Of every memory installation: what is drawn by hash can be foretold. */
export const INSTALLATION_SECRET = Buffer.from('the secret of a test installation');

/** The roles through Nest, with real models, on an in-memory broker. Artefacts go below `config.modelsDir`. */
export interface MemoryInstallation {
  readonly config: PlatformConfig;
  readonly writer: Writer;
  start(...roles: readonly RoleDefinition[]): Promise<void>;
  stopRoles(): Promise<void>;
  publish(content: Pick<ContentSubmitted, 'contentId' | 'text'> & Partial<ContentSubmitted>): Promise<void>;
  /** Every record of a topic so far, without tombstones. */
  read<N extends TopicName>(topic: N): Promise<readonly EventOf<N>[]>;
  /** Resolves once the topic holds records for which `enough` is true. Rejects when a role gives up. */
  until<N extends TopicName>(
    topic: N,
    enough: (events: readonly EventOf<N>[]) => boolean,
  ): Promise<readonly EventOf<N>[]>;
  close(): Promise<void>;
}

export function createMemoryInstallation(environment: Readonly<Record<string, string>> = {}): MemoryInstallation {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-memory-'));
  const [modelsDir, policiesDir] = [path.join(home, 'models'), path.join(home, 'policies')];
  fs.mkdirSync(modelsDir);
  fs.mkdirSync(policiesDir);
  const folders = { TIDEGATE_HOME: home, MODELS_DIR: modelsDir, POLICIES_DIR: policiesDir };
  const parsed = parseEnvironment({ ...folders, ...environment });
  const config = platformConfig(parsed, defaultServices(parsed));
  const log = createMemoryLog({ partitions: 2 });
  const broker: Broker = createMemoryBroker(log);
  const serde: Serde = createStaticSerde();
  const logger = createLogger({ stage: 'test', level: 'silent' });
  const metrics = createMetrics();
  const health = createHealthRegistry({ clock: Date.now, stallMs: 60_000 });
  const failing = new AbortController();
  const running: RunningRole[] = [];
  const writer = createWriter({ broker, serde, stage: 'test', release: 'test' });

  const platformOf = (app: string): Platform => ({
    app,
    config,
    broker,
    serde,
    writer,
    clock: Date.now,
    logger,
    metrics,
    health,
    release: 'test',
    secret: INSTALLATION_SECRET,
    onFatal: (error) => {
      failing.abort(error);
    },
  });

  async function stopRoles(): Promise<void> {
    for (const role of running.splice(0).toReversed()) await role.stop();
  }

  async function follow<N extends TopicName>(
    topic: N,
    untilEnd: boolean,
    enough: (events: readonly EventOf<N>[]) => boolean,
  ): Promise<readonly EventOf<N>[]> {
    const events: EventOf<N>[] = [];
    const done = new AbortController();
    await broker.journal.tail({
      topics: [topic],
      from: 'beginning',
      untilEnd,
      signal: AbortSignal.any([done.signal, failing.signal]),
      onRecords: async (records) => {
        const decoded = await serde.decode(
          topic,
          records.filter((record) => record.value !== null),
        );
        for (const it of decoded) {
          if (!it.ok) throw new Error(`${topic}: ${it.reason} ${it.detail}`);
          events.push(it.value);
        }
        if (enough(events)) done.abort();
      },
    });
    if (failing.signal.aborted) throw failing.signal.reason;
    return events;
  }

  return {
    config,
    writer,
    start: async (...roles) => {
      for (const definition of roles) running.push(await startRole(definition, platformOf(definition.app), null));
    },
    stopRoles,
    publish: (content) => {
      const value: ContentSubmitted = {
        revision: 1,
        platform: 'forum',
        kind: 'POST',
        language: null,
        authorId: null,
        conversationId: null,
        metadata: {},
        submittedAt: Date.now(),
        ...content,
      };
      return writer.write([{ topic: 'content.submitted', key: contentKey(value), value }]);
    },
    read: (topic) => follow(topic, true, () => false),
    until: (topic, enough) => follow(topic, false, enough),
    close: async () => {
      await stopRoles();
      await broker.close();
      fs.rmSync(home, { recursive: true });
    },
  };
}
