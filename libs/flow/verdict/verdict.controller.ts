import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  contentKey,
  type PredictionScored,
  type VerdictIssued,
  type VerdictOverridden,
  type VerdictRequested,
} from '#platform/contracts';
import { InjectPlatform, type Platform } from '#platform/role';
import {
  FatalError,
  route,
  type Emission,
  type HandlerResult,
  type Message,
  type PartitionContext,
} from '#platform/stream';
import { overrideKey, type VerdictOutput } from './verdict-output.js';
import type { Overrides, VerdictSteps } from './verdict.step.js';

export const VERDICT_STEPS = Symbol('verdict steps');

const OVERRIDES = 'verdict.overridden';

/** Patterns are lists: Nest types the further parameters of a handler with a single pattern as unknown. */
@Controller()
export class VerdictController {
  constructor(
    @Inject(VERDICT_STEPS) private readonly steps: VerdictSteps,
    @InjectPlatform() private readonly platform: Platform,
  ) {}

  @EventPattern(['prediction.scored'])
  async judge(
    @Payload() batch: readonly Message<PredictionScored>[],
    @Ctx() context: PartitionContext,
  ): Promise<HandlerResult> {
    const outcomes = await this.steps.judge(batch, this.overrides(context));
    this.count(outcomes.flatMap((outcome) => (outcome.kind === 'emit' ? outcome.values : [])));
    return { outcomes: route(outcomes, verdictEmission) };
  }

  @EventPattern(['verdict.requested'])
  async answer(
    @Payload() batch: readonly Message<VerdictRequested>[],
    @Ctx() context: PartitionContext,
  ): Promise<HandlerResult> {
    const outcomes = await this.steps.answer(batch, this.overrides(context));
    return { outcomes: route(outcomes, outputEmission) };
  }

  private overrides({ partition, tables }: PartitionContext): Overrides {
    const table = tables.get(OVERRIDES);
    if (table === undefined) throw new FatalError('bug', `${OVERRIDES} of partition ${partition} is not restored`);
    const { serde } = this.platform;
    return {
      size: table.size,
      has: (key) => table.has(key),
      read: async (keys) => {
        const records = keys.map((key, offset) => ({
          topic: OVERRIDES,
          partition,
          offset,
          key: null,
          value: table.get(key) ?? null,
          headers: {},
          timestamp: 0,
        }));
        const decoded = await serde.decode(OVERRIDES, records);
        return decoded.map((it, index) => {
          if (it.ok) return it.value;
          throw new FatalError(
            'configuration',
            `${OVERRIDES} ${partition}: entry ${index} cannot be read: ${it.reason}`,
          );
        });
      },
    };
  }

  /** One call of the library per chunk and label: the age is that of the oldest submission that the chunk answers. */
  private count(verdicts: readonly VerdictIssued[]): void {
    const { metrics } = this.platform;
    const counts = new Map<string, { readonly verdict: VerdictIssued; count: number }>();
    const oldest = new Map<string, number>();
    for (const verdict of verdicts) {
      const { channel, action, issuedAt, submittedAt } = verdict;
      const label = `${channel}/${action}`;
      const known = counts.get(label);
      if (known === undefined) counts.set(label, { verdict, count: 1 });
      else known.count++;
      oldest.set(channel, Math.max(oldest.get(channel) ?? 0, issuedAt - submittedAt));
    }
    for (const { verdict, count } of counts.values()) {
      metrics.verdicts.inc({ channel: verdict.channel, action: verdict.action }, count);
    }
    for (const [channel, age] of oldest) metrics.submitToVerdict.observe({ channel }, age / 1000);
  }
}

function verdictEmission(verdict: VerdictIssued): Emission {
  return { topic: `verdict.${verdict.channel}`, key: contentKey(verdict), value: verdict };
}

function outputEmission(output: VerdictOutput): Emission {
  switch (output.kind) {
    case 'verdict':
      return verdictEmission(output.verdict);
    case 'override':
      return overrideEmission(overrideKey(output.override, output.override.channel), output.override);
    case 'withdrawal':
      return overrideEmission(overrideKey(output.request, output.request.channel), null);
  }
}

function overrideEmission(key: string, value: VerdictOverridden | null): Emission {
  const emission: Emission<typeof OVERRIDES> = { topic: OVERRIDES, key, value };
  // The union of all emissions takes this topic for one of the channels, because TypeScript folds it into `verdict.${string}`.
  return emission as Emission;
}
