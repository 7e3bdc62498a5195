import { Module, type DynamicModule } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HEALTH, METRICS, PLATFORM, type Platform } from './platform.js';

/** Makes the platform injectable in every module of a role, and answers health and metrics. */
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController],
      providers: [
        { provide: PLATFORM, useValue: platform },
        { provide: HEALTH, useValue: platform.health },
        { provide: METRICS, useValue: platform.metrics },
      ],
      exports: [PLATFORM],
    };
  }
}
