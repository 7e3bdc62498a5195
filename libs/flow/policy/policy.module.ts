import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { PolicyPublished } from '#platform/contracts';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { FatalError, openTable, type TableView, type Worker } from '#platform/stream';
import { POLICY_STEP, PolicyController } from './policy.controller.js';
import { createPolicyStep } from './policy.step.js';
import { planFolder } from './publish-folder.js';
import { policyKey, type Draft } from './publish-policy.js';

const PUBLISHED = Symbol('published policies');

@Module({
  controllers: [PolicyController],
  providers: [
    {
      provide: PUBLISHED,
      inject: [PLATFORM],
      useFactory: ({ broker, serde, onFatal }: Platform): Promise<TableView<PolicyPublished>> =>
        openTable({ broker, serde, topic: 'policy.published', onFatal }),
    },
    {
      provide: POLICY_STEP,
      inject: [PLATFORM, PUBLISHED],
      useFactory: ({ config, clock }: Platform, published: TableView<PolicyPublished>) =>
        createPolicyStep({ channels: config.channels, published, clock }),
    },
    {
      provide: WORKERS,
      inject: [PLATFORM, PUBLISHED],
      useFactory: (platform: Platform, published: TableView<PolicyPublished>): readonly Worker[] => [
        publishAtStart(platform, published),
      ],
    },
  ],
})
class PolicyModule implements OnApplicationShutdown {
  constructor(@Inject(PUBLISHED) private readonly published: TableView<PolicyPublished>) {}

  async onApplicationShutdown(): Promise<void> {
    await this.published.close();
  }
}

/** Publishes the documents of the folder once, before the role counts as started. */
function publishAtStart({ config, clock, logger, writer }: Platform, published: TableView<PolicyPublished>): Worker {
  let state: 'starting' | 'running' = 'starting';
  return {
    start: async () => {
      const drafts = await readDrafts(config.policiesDir);
      const policies = planFolder(drafts, published, config.channels, clock());
      await writer.write(policies.map((value) => ({ topic: 'policy.published', key: policyKey(value), value })));
      for (const policy of policies) logger.info({ event: 'policy_published', policy: policyKey(policy) });
      state = 'running';
    },
    stop: () => Promise.resolve(),
    health: () => ({ state, assigned: [], lastLoopAt: 0, lastCommitAt: 0 }),
  };
}

/** In the order of their names, so that a version that builds on another comes after it. */
async function readDrafts(folder: string): Promise<readonly Draft[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
    return await Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, name);
        return { file, text: await readFile(file, 'utf8') };
      }),
    );
  } catch (error) {
    const message = `the policies of ${folder} cannot be read; POLICIES_DIR names the folder`;
    throw new FatalError('configuration', message, { cause: error });
  }
}

export const policyRole: RoleDefinition = {
  app: 'policy',
  module: PolicyModule,
  topics: () => ['policy.requested', 'policy.published', 'dead-letter.policy'],
  tables: [],
  http: 'health',
};
