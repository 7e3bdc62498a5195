import type { DeploymentRequested } from '#platform/contracts';
import { openTable, type Broker, type Message, type Outcome, type Serde, type Writer } from '#platform/stream';
import { createDeploymentDesk, type DeploymentDeps, type DeskEvent } from './deployment-desk.js';

export interface DeploymentRuntime {
  /** Puts the starter model live where nothing is, and makes what runs agree with the policies. */
  start(): Promise<void>;
  answer(batch: readonly Message<DeploymentRequested>[]): Promise<readonly Outcome<never>[]>;
  close(): Promise<void>;
}

export interface RuntimeDeps extends Pick<DeploymentDeps, 'channels' | 'starter' | 'modelOf' | 'dryRun' | 'clock'> {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly writer: Writer;
  readonly report: (event: DeskEvent) => void;
  readonly onFatal: (error: Error) => void;
}

/** Reads the tables to their ends and follows the policies. */
export async function openDeployment(deps: RuntimeDeps): Promise<DeploymentRuntime> {
  const { broker, serde, writer, onFatal } = deps;
  let isStarted = false;
  const [policies, bundles, changes, artefacts] = await Promise.all([
    openTable({
      broker,
      serde,
      topic: 'policy.published',
      onFatal,
      onChange: () => {
        if (isStarted) desk.reconcile().catch(fail);
      },
    }),
    openTable({ broker, serde, topic: 'deployment.bundled', onFatal }),
    openTable({ broker, serde, topic: 'deployment.changed', onFatal }),
    openTable({ broker, serde, topic: 'training.completed', onFatal }),
  ]);
  let lastReport = '';
  const desk = createDeploymentDesk({
    channels: deps.channels,
    policies: () => policies.values(),
    changeOf: (channel) => changes.get(channel),
    bundleOf: (deploymentId) => bundles.get(deploymentId),
    artefactOf: (artefactId) => artefacts.get(artefactId),
    starter: deps.starter,
    modelOf: deps.modelOf,
    dryRun: deps.dryRun,
    writeBundle: (value) => writer.write([{ topic: 'deployment.bundled', key: value.deploymentId, value }]),
    writeChange: (value) => writer.write([{ topic: 'deployment.changed', key: value.channel, value }]),
    clock: deps.clock,
    report: (event) => {
      const text = JSON.stringify(event);
      if (text !== lastReport) deps.report(event);
      lastReport = text;
    },
  });

  function fail(error: unknown): void {
    onFatal(error instanceof Error ? error : new Error('the deployments cannot be reconciled'));
  }

  return {
    start: () => {
      isStarted = true;
      return desk.reconcile();
    },
    answer: async (batch) => {
      const outcomes: Outcome<never>[] = [];
      for (const { value } of batch) outcomes.push(await desk.answer(value));
      return outcomes;
    },
    close: async () => {
      await Promise.all([policies.close(), bundles.close(), changes.close(), artefacts.close()]);
    },
  };
}
