import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DeploymentBundled } from '#platform/contracts';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { openTable, type TableView } from '#platform/stream';
import { VERDICT_STEPS, VerdictController } from './verdict.controller.js';
import { createVerdictSteps, type VerdictSteps } from './verdict.step.js';

const BUNDLES = Symbol('bundles');

@Module({
  controllers: [VerdictController],
  providers: [
    {
      provide: BUNDLES,
      inject: [PLATFORM],
      useFactory: ({ broker, serde, onFatal }: Platform): Promise<TableView<DeploymentBundled>> =>
        openTable({ broker, serde, topic: 'deployment.bundled', onFatal }),
    },
    {
      provide: VERDICT_STEPS,
      inject: [PLATFORM, BUNDLES],
      useFactory: ({ config, clock }: Platform, bundles: TableView<DeploymentBundled>): VerdictSteps =>
        createVerdictSteps({
          channels: config.channels,
          bundleOf: (deploymentId) => bundles.get(deploymentId),
          bundlesAreRead: () => bundles.lag() === 0,
          clock,
        }),
    },
    { provide: WORKERS, useValue: [] },
  ],
})
class VerdictModule implements OnApplicationShutdown {
  constructor(@Inject(BUNDLES) private readonly bundles: TableView<DeploymentBundled>) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bundles.close();
  }
}

export const verdictRole: RoleDefinition = {
  app: 'verdict',
  module: VerdictModule,
  topics: (channels) => [
    'prediction.scored',
    'verdict.requested',
    'verdict.overridden',
    'deployment.bundled',
    'dead-letter.verdict',
    ...channels.map((channel) => `verdict.${channel}` as const),
  ],
  tables: ['verdict.overridden'],
  http: 'health',
};
