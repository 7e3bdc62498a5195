import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { z } from 'zod';
import type { ClickHouse } from '#platform/clickhouse';
import type { LiveQuality } from './api/index.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import type { ConsoleReply, ConsoleRequest, Desk } from './desk.js';
import { asFile } from './http/files.js';
import { checked } from './http/checked.js';
import { liveQualityCsv, seriesOf } from './quality/live-quality.js';

const filterSchema = z.strictObject({
  channel: z.string().min(1).max(256),
  /** Empty: all of them, which is for files. */
  metric: z.enum(['', 'precision', 'recall', 'prevalence']).default('precision'),
  category: z.string().max(256).default(''),
  period: z.enum(['window', 'day']).default('day'),
  slice: z.enum(['all', 'language', 'platform', 'kind']).default('all'),
});

const NOT_THERE = 'There is no such channel, metric, period or slice.';

/** Precision, recall and prevalence of what is live, from labels of contents that were drawn with a known probability. */
@Controller('api/live-quality')
export class LiveQualityController {
  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(WAREHOUSE) private readonly warehouse: Pick<ClickHouse, 'query'>,
  ) {}

  @Get()
  async show(@Query() query: unknown, @Req() request: ConsoleRequest): Promise<LiveQuality> {
    return seriesOf(await this.figures(query, request));
  }

  @Get('figures.csv')
  async file(
    @Query() query: unknown,
    @Req() request: ConsoleRequest,
    @Res({ passthrough: true }) reply: ConsoleReply,
  ): Promise<string> {
    const rows = await this.figures(query, request);
    const { channel } = checked(filterSchema, query, NOT_THERE);
    return asFile(reply, `tidegate-live-quality-${channel}`, liveQualityCsv(channel, rows));
  }

  private async figures(query: unknown, request: ConsoleRequest) {
    this.desk.entrance.require(request.raw, 'see_live_quality');
    const { channel, metric, category, period, slice } = checked(filterSchema, query, NOT_THERE);
    const since = this.desk.clock() - (period === 'day' ? limits.qualityDaysMs : limits.qualityWindowsMs);
    const parameters = { channel, metric, category, period, slice_by: slice, since, limit: limits.qualityFigures };
    return await this.warehouse.query('console-live-quality', parameters);
  }
}
