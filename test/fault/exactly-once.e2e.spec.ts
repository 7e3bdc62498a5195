import { shortPlan } from './plans.js';
import { prove } from './prove.js';

const SEED = 20_261_123;
const EVENTS = 1000;

describe('from content to verdict under faults', () => {
  it('every acknowledged content has exactly one prediction, one draw and one verdict per channel, in order', async () => {
    const log: string[] = [];
    const proof = await prove({ plan: shortPlan, events: EVENTS, seed: SEED, log: (line) => log.push(line) });
    expect({ findings: proof.findings, log: proof.findings.length > 0 ? log : [] }).toEqual({ findings: [], log: [] });
    expect(proof.acknowledged).toBeGreaterThan(EVENTS / 2);
    expect(proof.draws).toBeGreaterThan(0.2 * proof.acknowledged);
    expect(proof.verdicts).toBeGreaterThanOrEqual(2 * proof.acknowledged);
  }, 400_000);
});
