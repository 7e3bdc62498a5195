import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

/** Settings that cannot be read; the message says where and what to do. */
export class RolloutSettingsError extends Error {
  override readonly name = 'RolloutSettingsError';
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `24h`, `90s`, `0s`: in milliseconds. */
const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'must be a number with ms, s, m, h or d, for example 24h')
  .transform((text) => {
    const [, number = '0', unit = 'ms'] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
    return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
  });
const count = z.int('must be a whole number').min(0, 'must be at least 0');
const margin = z.number().min(0.001, 'must be at least 0.001').max(0.49, 'must be below 0.5');

const stepSchema = z.strictObject({
  share: z.number().gt(0, 'must be above 0').max(1, 'must be at most 1'),
  hold: duration,
  items: count,
});

const settingsSchema = z.strictObject({
  gate: z
    .strictObject({
      /** Limits of the process that judges. */
      minutes: z.number().gt(0).default(60),
      memoryMb: z.int().min(256).default(4096),
      /** Newest contents that both models judge once more, and how far back they may lie. */
      replayItems: count.default(10_000),
      replayWindow: duration.default(7 * UNITS.d),
    })
    .prefault({}),
  observe: z
    .strictObject({
      /** Length of the windows in which a canary is looked at. */
      window: duration.default(UNITS.m),
      /** An event may be so much older than the place where it stands; windows close so long after the watermark. */
      lateness: duration.default(UNITS.m),
    })
    .prefault({})
    .refine(({ window }) => window >= 100, { path: ['window'], message: 'must be at least 100ms' }),
  shadow: z
    .strictObject({
      hold: duration.default(UNITS.h),
      items: count.default(1000),
      /** A candidate that fails more often than this beside the live model is refused. */
      mostErrors: z.number().min(0).max(1).default(0.01),
    })
    .prefault({}),
  canary: z
    .strictObject({
      steps: z
        .array(stepSchema)
        .min(1, 'needs a step')
        .default([0.01, 0.05, 0.25, 1].map((share) => ({ share, hold: UNITS.d, items: 5000 }))),
      /** A step that has seen so many items and still cannot show that the candidate is as good ends in a roll-back. */
      mostItems: count.default(200_000),
      coolDown: duration.default(UNITS.d),
    })
    .prefault({})
    .refine(({ steps }) => steps.every(({ share }, at) => share > (steps[at - 1]?.share ?? 0)), {
      path: ['steps'],
      message: 'shares must grow from step to step, because a larger share only adds authors',
    }),
  guards: z
    .strictObject({
      /** Of all guards and steps together: chance that an equal candidate is rolled back. */
      alpha: z.number().gt(0).max(0.5).default(0.05),
      margin: margin.default(0.2),
      minimumClusters: z.int().min(20, 'must be at least 20').default(30),
      /** What 99 % of the answers keep to; null: no guard of latency. */
      latencyMs: z.number().gt(0).nullable().default(null),
      /** Guards without whose evidence a candidate does not go live. */
      required: z.array(z.string()).default([]),
      margins: z.record(z.string(), margin).default({}),
    })
    .prefault({}),
  /** So many rejections in a row are an incident. */
  rejections: z.int().min(1).default(3),
});

export type RolloutSettings = Readonly<z.infer<typeof settingsSchema>>;
export type CanaryStep = RolloutSettings['canary']['steps'][number];

/** Production defaults (evaluation 4.5). */
export const defaultRolloutSettings: RolloutSettings = settingsSchema.parse({});

/** @throws RolloutSettingsError with file, line and field */
export function parseRolloutSettings(text: string, file: string): RolloutSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new RolloutSettingsError(`${file} line ${lines.linePos(broken.pos[0]).line}: ${broken.message}`);
  }
  const parsed = settingsSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const node: unknown = document.getIn(path, true);
  const offset =
    typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
      ? Number(node.range[0])
      : 0;
  throw new RolloutSettingsError(
    `${file} line ${lines.linePos(offset).line}, field "${path.join('.')}": ${issue?.message ?? 'cannot be read'}`,
  );
}
