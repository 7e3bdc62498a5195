import type {
  DeploymentBundled,
  PredictionScored,
  VerdictIssued,
  VerdictOverridden,
  VerdictRequested,
} from '#platform/contracts';
import { emit, FatalError, RetryableError, type Message, type Outcome } from '#platform/stream';
import { answerRequest } from './answer-request.js';
import { issueVerdicts, type Occasion } from './issue-verdicts.js';
import { overrideKey, type VerdictOutput } from './verdict-output.js';

export interface VerdictDeps {
  /** Channels of the installation. */
  readonly channels: readonly string[];
  readonly bundleOf: (deploymentId: string) => DeploymentBundled | undefined;
  /** False while bundles stand in the topic that are not read yet. */
  readonly bundlesAreRead: () => boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Decisions of people on the contents of a partition, as committed before the chunk. */
export interface Overrides {
  readonly size: number;
  has(key: string): boolean;
  /** Reads these keys, each of which is there. */
  read(keys: readonly string[]): Promise<readonly VerdictOverridden[]>;
}

/** How long a request may be ahead of the bundle that it names; a bundle takes well below a second. */
const PATIENCE_MS = 10_000;

export interface VerdictSteps {
  readonly judge: (
    batch: readonly Message<PredictionScored>[],
    overrides: Overrides,
  ) => Promise<readonly Outcome<VerdictIssued>[]>;
  readonly answer: (
    batch: readonly Message<VerdictRequested>[],
    overrides: Overrides,
  ) => Promise<readonly Outcome<VerdictOutput>[]>;
}

/** The two inputs of the stage. Both are functions of their input, the immutable bundles and the decisions of people. */
export function createVerdictSteps({ channels, bundleOf, bundlesAreRead, clock }: VerdictDeps): VerdictSteps {
  const known = new Set(channels);

  function bundleOrWait(deploymentId: string): DeploymentBundled {
    const bundle = bundleOf(deploymentId);
    if (bundle === undefined) throw notRead(deploymentId);
    return bundle;
  }

  /** A bundle is written before anybody asks for it: once all are read, one that is missing does not exist. */
  function mayStillCome({ requestedAt }: VerdictRequested, now: number): boolean {
    return !bundlesAreRead() || now - requestedAt < PATIENCE_MS;
  }

  /** Without this, verdicts of the channel would be lost without a trace. */
  function refuseForeignChannel({ channel }: VerdictIssued): void {
    if (known.has(channel)) return;
    throw new FatalError(
      'configuration',
      `predictions are made for channel ${channel}, which this role does not have; set the same CHANNELS for all roles`,
    );
  }

  return {
    judge: async function judgePredictions(batch, overrides) {
      const decided = await readOverrides(overrides, () => batch.flatMap(({ value }) => keysOf(value)));
      const overrideOf = (prediction: PredictionScored, channel: string): VerdictOverridden | undefined =>
        decided.size === 0 ? undefined : decided.get(overrideKey(prediction, channel));
      const issuedAt = clock();
      return batch.map((message) => {
        const occasion = occasionOf(message, message.value.submittedAt, issuedAt);
        const verdicts = issueVerdicts(message.value, bundleOrWait, overrideOf, occasion);
        verdicts.forEach(refuseForeignChannel);
        return emit(...verdicts);
      });
    },

    answer: async function answerRequests(batch, overrides) {
      const decided = await readOverrides(overrides, () => batch.map(({ value }) => overrideKey(value, value.channel)));
      const issuedAt = clock();
      return batch.map((message) => {
        const { value: request } = message;
        const key = overrideKey(request, request.channel);
        const bundle = request.deploymentId === null ? undefined : bundleOf(request.deploymentId);
        if (request.deploymentId !== null && bundle === undefined && mayStillCome(request, issuedAt)) {
          throw notRead(request.deploymentId);
        }
        const occasion = occasionOf(message, request.requestedAt, issuedAt);
        const outcome = answerRequest({ request, channels, override: decided.get(key), bundle, occasion });
        // Later requests of the chunk see what this one decided, although it is not committed yet.
        if (outcome.kind === 'emit') for (const output of outcome.values) remember(decided, key, output);
        return outcome;
      });
    },
  };
}

function notRead(deploymentId: string): RetryableError {
  return new RetryableError('bundle_not_read', `bundle ${deploymentId} is not read yet`);
}

function occasionOf(message: Message<unknown>, submittedAt: number, issuedAt: number): Occasion {
  const { topic, partition, offset } = message;
  return { source: { topic, partition, offset }, submittedAt, issuedAt };
}

function keysOf(prediction: PredictionScored): readonly string[] {
  return prediction.assignments.map(({ channel }) => overrideKey(prediction, channel));
}

/** Decisions that concern a chunk. Most partitions hold none, and then no key is built. */
async function readOverrides(
  overrides: Overrides,
  keys: () => readonly string[],
): Promise<Map<string, VerdictOverridden>> {
  if (overrides.size === 0) return new Map();
  const present = [...new Set(keys())].filter((key) => overrides.has(key));
  const read = await overrides.read(present);
  return new Map(read.map((override) => [overrideKey(override, override.channel), override]));
}

function remember(decided: Map<string, VerdictOverridden>, key: string, output: VerdictOutput): void {
  if (output.kind === 'override') decided.set(key, output.override);
  if (output.kind === 'withdrawal') decided.delete(key);
}
