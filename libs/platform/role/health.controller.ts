import { Controller, Get, Header, HttpException, HttpStatus, Inject } from '@nestjs/common';
import type { Metrics } from '#platform/telemetry';
import type { HealthRegistry, HealthReport } from './health.js';
import { HEALTH, METRICS } from './platform.js';

/** Health and metrics of the process. */
@Controller()
export class HealthController {
  constructor(
    @Inject(HEALTH) private readonly health: HealthRegistry,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** 200 while the process makes progress, 503 when it should be restarted. */
  @Get('health/live')
  live(): HealthReport {
    return answer(this.health.report(), 'live');
  }

  /** 200 while the process can take work. */
  @Get('health/ready')
  ready(): HealthReport {
    return answer(this.health.report(), 'ready');
  }

  /** Prometheus text format. */
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  render(): Promise<string> {
    return this.metrics.render();
  }
}

function answer(report: HealthReport, question: 'live' | 'ready'): HealthReport {
  if (!report[question]) throw new HttpException(report, HttpStatus.SERVICE_UNAVAILABLE);
  return report;
}
