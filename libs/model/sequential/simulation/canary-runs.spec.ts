import { DEFAULT_GUARD_SETTINGS, type GuardSettings } from '../guard-settings.js';
import { runCanaries } from './canary-runs.js';
import { EQUAL, type CanaryWorld } from './canary-world.js';

const settings: GuardSettings = {
  ...DEFAULT_GUARD_SETTINGS,
  steps: 1,
  guards: [
    { kind: 'ERROR_RATE' },
    { kind: 'LATENCY_P99', referenceMs: 200 },
    { kind: 'APPEAL_OVERTURN' },
    { kind: 'BLOCK_PRECISION' },
    { kind: 'FLAG_RATE', category: 'H' },
    { kind: 'FLAG_RATE', category: 'S' },
  ],
};
const world: CanaryWorld = { law: 'bursts', share: 0.5, windows: 12, itemsPerWindow: 600, effects: EQUAL };
const flagsAlone: GuardSettings = { ...settings, guards: [{ kind: 'FLAG_RATE', category: 'H' }] };

describe('guards, in simulation', () => {
  it('roll back none of 100 equal canaries of authors that post in bursts, where items taken one by one roll back many', () => {
    // At a true share of 5 % none of 100 has a chance of 0.6 %.
    const { rolledBack, armed } = runCanaries(world, flagsAlone, { runs: 100, seed: 1 });
    expect(rolledBack).toBe(0);
    expect(armed['flag-rate/H']).toBeGreaterThan(0.6);
    // At 5 % seven or more of 25 have a chance below 1e-3.
    const naive = runCanaries(world, flagsAlone, { runs: 25, seed: 1, clusterBy: 'item' });
    expect(naive.rolledBack).toBeGreaterThanOrEqual(7);
  });

  it('roll back hardly ever at the margin itself', () => {
    const atMargin = { ...world, effects: { ...EQUAL, flags: 1.2 } };
    // At 10 % none of 40 has a chance of 1.5 %.
    expect(runCanaries(atMargin, flagsAlone, { runs: 40, seed: 5 }).rolledBack).toBe(0);
  });

  it('find five times the margin, by the guard that it is about, in a part of the items', () => {
    const broken: CanaryWorld = { ...world, law: 'single', effects: { ...EQUAL, flags: 2 } };
    const { rolledBack, byGuard, medianItems } = runCanaries(broken, settings, { runs: 8, seed: 1 });
    expect(rolledBack).toBeGreaterThanOrEqual(7);
    expect(byGuard).toEqual({ 'flag-rate/H': rolledBack });
    expect(medianItems).toBeLessThan(3300);
  });

  it('gives the same figures for the same seed', () => {
    const again = () => runCanaries({ ...world, law: 'heavy' }, settings, { runs: 1, seed: 3 });
    expect(again()).toEqual(again());
  });
});
