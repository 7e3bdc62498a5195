import { Module } from '@nestjs/common';
import { PLATFORM, type Platform, type RoleDefinition } from '#platform/role';
import { deriveSalt } from '#policy';
import { createPlanBoard } from './plan-board.js';
import { readPlans } from './read-plans.js';
import { SamplingJobsModule } from './sampling-jobs.module.js';
import { SAMPLING_STEP, SamplingController } from './sampling.controller.js';
import { createSamplingStep, type SamplingStep } from './sampling.step.js';

@Module({
  imports: [SamplingJobsModule],
  controllers: [SamplingController],
  providers: [
    {
      provide: SAMPLING_STEP,
      inject: [PLATFORM],
      useFactory: (platform: Platform): SamplingStep => {
        const { config, secret, clock, logger, onFatal } = platform;
        const { channel, windowMs, bootstrapRate } = config.sampling;
        return createSamplingStep({
          plans: createPlanBoard({
            readPlans: () => readPlans(platform, onFatal),
            salt: deriveSalt(secret, 'sampling'),
            channel,
            report: (plan) => {
              logger.warn({ event: 'plan_void', ...plan });
            },
          }),
          channel,
          windowMs,
          bootstrap: { rate: bootstrapRate, salt: deriveSalt(secret, 'sampling-bootstrap') },
          clock,
        });
      },
    },
  ],
})
class SamplingModule {}

export const samplingRole: RoleDefinition = {
  app: 'sampling',
  module: SamplingModule,
  topics: () => ['prediction.scored', 'sampling.planned', 'sampling.drawn', 'sampling.closed', 'dead-letter.sampling'],
  tables: [],
  isPatient: true,
  http: 'health',
};
