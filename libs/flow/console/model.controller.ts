import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { z } from 'zod';
import type { ClickHouse } from '#platform/clickhouse';
import type { EvaluationView, ModelComparison, ModelLine, ModelList, ModelView } from './api/index.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import type { ConsoleRequest, Desk } from './desk.js';
import { checked } from './http/checked.js';
import { Problem } from './http/problem.js';
import { instantOf } from './instants.js';
import { readComparison, readEvaluation } from './models/evaluation-view.js';
import { modelLineOf, modelOf, unpairedComparison } from './models/model-views.js';
import { workOf } from './work-progress.js';

const idSchema = z.string().regex(/^[mc]-[0-9a-f]{16}$/);
const evaluationSchema = z.string().regex(/^[\w-]{1,64}$/);
const pairSchema = z.strictObject({ champion: idSchema, challenger: idSchema });

const NOT_THERE = 'There is no such model: its id is m- or c- and 16 hexadecimal digits.';

/** Models and calibrations: what they came from, how good they are, which of two is better. */
@Controller('api/models')
export class ModelController {
  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(WAREHOUSE) private readonly warehouse: Pick<ClickHouse, 'query'>,
  ) {}

  @Get()
  async list(@Req() request: ConsoleRequest): Promise<ModelList> {
    this.desk.entrance.require(request.raw, 'see_training');
    const since = this.desk.clock() - limits.endedWorkMs;
    const [rows, trainings] = await Promise.all([
      this.warehouse.query('console-models', { limit: limits.models }),
      this.warehouse.query('console-model-trainings', { since, limit: limits.works }),
    ]);
    return { models: rows.map(modelLineOf), trainings: trainings.map(workOf) };
  }

  @Get('compared')
  async compare(@Query() query: unknown, @Req() request: ConsoleRequest): Promise<ModelComparison> {
    this.desk.entrance.require(request.raw, 'see_training');
    const { champion, challenger } = checked(pairSchema, query, NOT_THERE);
    const rows = await this.warehouse.query('console-models', { limit: limits.models });
    const lineOf = (id: string): ModelLine => {
      const row = rows.find(({ artefact_id }) => artefact_id === id);
      if (row === undefined) throw new Problem('not_found', `The warehouse has no model ${id}.`);
      return modelLineOf(row);
    };
    const pair = [lineOf(champion), lineOf(challenger)] as const;
    const models = [pair[0].modelId, pair[1].modelId] as const;
    const [paired] = await this.warehouse.query('console-model-comparison', {
      champion: models[0],
      challenger: models[1],
    });
    const comparison = paired === undefined ? null : readComparison(paired.report, pair);
    if (comparison !== null) return comparison;
    return unpairedComparison(...pair, await this.warehouse.query('console-model-figures', { models }));
  }

  @Get(':artefactId')
  async show(@Param('artefactId') id: string, @Req() request: ConsoleRequest): Promise<ModelView> {
    this.desk.entrance.require(request.raw, 'see_training');
    const artefactId = checked(idSchema, id, NOT_THERE);
    const rows = await this.warehouse.query('console-models', { limit: limits.models });
    const modelId = rows.find(({ artefact_id }) => artefact_id === artefactId)?.model_id ?? artefactId;
    const evaluations = await this.warehouse.query('console-model-evaluations', {
      model_id: modelId,
      limit: limits.evaluations,
    });
    const model = modelOf(
      artefactId,
      rows,
      evaluations.map(({ evaluation_id, dataset_id, split, compared_with, evaluated_at }) => ({
        evaluationId: evaluation_id,
        datasetId: dataset_id,
        split,
        comparedWith: compared_with === '' ? null : compared_with,
        at: instantOf(evaluated_at),
      })),
    );
    if (model === null) throw new Problem('not_found', 'The warehouse has no such model.');
    return model;
  }

  @Get(':modelId/evaluations/:evaluationId')
  async evaluation(
    @Param('modelId') modelId: string,
    @Param('evaluationId') evaluationId: string,
    @Req() request: ConsoleRequest,
  ): Promise<EvaluationView> {
    this.desk.entrance.require(request.raw, 'see_training');
    const [row] = await this.warehouse.query('console-model-report', {
      model_id: checked(idSchema, modelId, NOT_THERE),
      evaluation_id: checked(evaluationSchema, evaluationId, 'There is no such evaluation.'),
      compared_with: '',
    });
    const evaluation = row === undefined ? null : readEvaluation(row.report);
    if (evaluation === null) {
      throw new Problem('not_found', 'The warehouse has no such evaluation, or it is of another release.');
    }
    return evaluation;
  }
}
