import { startInstallation, type Installation } from '../harness/installation.js';
import { trainUnderFaults } from '../e2e/training-run.js';
import { seeded } from './seeded.js';

const SEED = 1;
const SIZE = 2000;
/** A training of this size takes some seconds. */
const LONGEST_MS = 5000;
const POINTS = [
  'after_started',
  'after_export',
  'during_training',
  'after_training',
  'after_put',
  'after_evaluation',
  'after_completed',
];

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation({ roles: ['warehouse', 'training'] });
  await installation.connections.serde.prepare(['dataset.published', 'training.requested']);
}, 180_000);

afterAll(() => installation.close(), 60_000);

const random = seeded(SEED);
const moments = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => Math.floor(random() * LONGEST_MS)));

const plans: readonly { readonly faults: readonly (string | number)[] }[] = [
  ...POINTS.map((point) => ({ faults: [point] })),
  ...moments.map((faults) => ({ faults })),
  { faults: POINTS },
];

it.each(plans)(
  'killed at $faults there is one candidate, of one request',
  async ({ faults }) => {
    const name = `kills ${faults.join(' ')}`.replaceAll(/\W+/g, '-');
    const { requestIds, completed, said } = await trainUnderFaults(installation, { name, size: SIZE, faults });
    expect(said.at(-1)?.state).toBe('COMPLETED');
    expect(requestIds).toHaveLength(1);
    expect(completed).toHaveLength(1);
    const count = await installation.query('SELECT count() = uniqExact(artefact_id) FROM moderation.models');
    expect(count).toBe('1');
  },
  300_000,
);
