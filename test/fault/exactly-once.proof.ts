import { fullPlan } from './plans.js';
import { prove } from './prove.js';

const SEED = 20_261_123;
const EVENTS = 5000;

describe('from content to verdict under the full plan of faults', () => {
  it('every acknowledged content has exactly one prediction and one verdict per channel, in order', async () => {
    const began = performance.now();
    const log = (line: string) =>
      process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
    const proof = await prove({ plan: fullPlan, events: EVENTS, seed: SEED, log });
    expect(proof.findings).toEqual([]);
    expect(proof.acknowledged).toBeGreaterThan(EVENTS * 0.9);
  }, 3_600_000);
});
