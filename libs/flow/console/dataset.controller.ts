import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { z } from 'zod';
import { maskPersonalData } from '#model';
import type { ClickHouse } from '#platform/clickhouse';
import type { ContentText, DatasetDiff, DatasetList, DatasetRows, DatasetView } from './api/index.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import { datasetOf, diffOf, recipesOf, rowLineOf } from './datasets/dataset-views.js';
import type { ConsoleRequest, Desk } from './desk.js';
import { checked } from './http/checked.js';
import { Problem } from './http/problem.js';
import { instantOf } from './instants.js';
import type { DatasetFullRow } from './training-rows.js';
import { workOf } from './work-progress.js';

const idSchema = z.string().regex(/^ds-[0-9a-f]{16}$/);
const word = z.string().max(256).default('');
const rowsSchema = z.strictObject({
  split: z.enum(['', 'train', 'validation', 'test', 'none']).default(''),
  language: word,
  category: word,
  value: z.enum(['YES', 'NO', 'UNKNOWN']).default('YES'),
  from: z.coerce.number().int().min(0).max(4_294_967_295).default(0),
});
const rowSchema = z.strictObject({ row: z.string().min(1).max(1024) });

const NOT_THERE = 'There is no such data set, split, language or category.';

/** Data sets: what they are made of, how good they are, and what changed between two. Text of rows, one by one, for who may read it. */
@Controller('api/datasets')
export class DatasetController {
  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(WAREHOUSE) private readonly warehouse: Pick<ClickHouse, 'query'>,
  ) {}

  @Get()
  async list(@Req() request: ConsoleRequest): Promise<DatasetList> {
    this.desk.entrance.require(request.raw, 'see_training');
    const [rows, builds] = await Promise.all([
      this.warehouse.query('console-datasets', { limit: limits.datasets }),
      this.warehouse.query('console-dataset-builds', {
        since: this.desk.clock() - limits.endedWorkMs,
        limit: limits.works,
      }),
    ]);
    return { recipes: recipesOf(rows), builds: builds.map(workOf) };
  }

  @Get(':datasetId')
  async show(@Param('datasetId') datasetId: string, @Req() request: ConsoleRequest): Promise<DatasetView> {
    this.desk.entrance.require(request.raw, 'see_training');
    return datasetOf(await this.find(datasetId));
  }

  @Get(':datasetId/rows')
  async rows(
    @Param('datasetId') datasetId: string,
    @Query() query: unknown,
    @Req() request: ConsoleRequest,
  ): Promise<DatasetRows> {
    this.desk.entrance.require(request.raw, 'see_training');
    const dataset_id = checked(idSchema, datasetId, NOT_THERE);
    const filter = checked(rowsSchema, query, NOT_THERE);
    const limit = limits.datasetRows;
    const rows = await this.warehouse.query('console-dataset-rows', { dataset_id, ...filter, limit: limit + 1 });
    return { rows: rows.slice(0, limit).map(rowLineOf), more: rows.length > limit };
  }

  /** What was written in one row, for who may read it; each reading is on record. */
  @Get(':datasetId/text')
  async text(
    @Param('datasetId') datasetId: string,
    @Query() query: unknown,
    @Req() request: ConsoleRequest,
  ): Promise<ContentText> {
    const { entrance, audit } = this.desk;
    entrance.require(request.raw, 'see_training');
    const { userId } = entrance.require(request.raw, 'read_text');
    const dataset_id = checked(idSchema, datasetId, NOT_THERE);
    const { row: row_key } = checked(rowSchema, query, 'Send the key of a row.');
    const [found] = await this.warehouse.query('console-dataset-row-text', { dataset_id, row_key });
    if (found === undefined || found.text === '') return { text: null, length: 0, masked: 0 };
    audit({ event: 'dataset_row_read', userId, datasetId: dataset_id, row: row_key });
    // Masked when it became a row; imports may come from before.
    const { text, masks } = maskPersonalData(found.text);
    return { text: text.slice(0, limits.shownText), length: text.length, masked: masks.length };
  }

  /** What changed from one data set to another. */
  @Get(':datasetId/since/:earlierId')
  async diff(
    @Param('datasetId') datasetId: string,
    @Param('earlierId') earlierId: string,
    @Req() request: ConsoleRequest,
  ): Promise<DatasetDiff> {
    this.desk.entrance.require(request.raw, 'see_training');
    const [after, before] = await Promise.all([this.find(datasetId), this.find(earlierId)]);
    const parameters = {
      before: before.dataset_id,
      after: after.dataset_id,
      before_at: Date.parse(instantOf(before.published_at)),
      is_other_policy: before.policy_id !== after.policy_id || before.policy_version !== after.policy_version,
      is_other_recipe: before.recipe_id !== after.recipe_id,
    };
    const [counts, rows] = await Promise.all([
      this.warehouse.query('console-dataset-diff', parameters),
      this.warehouse.query('console-dataset-diff-rows', { ...parameters, change: '', limit: limits.changedRows }),
    ]);
    return diffOf(before, after, counts, rows);
  }

  private async find(datasetId: string): Promise<DatasetFullRow> {
    const dataset_id = checked(idSchema, datasetId, NOT_THERE);
    const [row] = await this.warehouse.query('console-dataset', { dataset_id });
    if (row === undefined) throw new Problem('not_found', 'The warehouse has no such data set.');
    return row;
  }
}
