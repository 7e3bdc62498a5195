import fc from 'fast-check';
import { decisionOf, incidentOf } from './gate-incident.js';
import type { GateDecision } from './gate-incident.js';
import { comparisonOf, gateInputOf, sliceOf } from './gate.fixture.js';
import { judgeGate } from './judge-gate.js';

function decided(at: number, outcome: GateDecision['outcome'], over: Partial<GateDecision> = {}): GateDecision {
  return {
    gateId: `gate-${at}`,
    channel: 'public',
    modelId: `m-${at}`,
    outcome,
    blockedBy: outcome === 'REJECTED' ? ['quality'] : [],
    decidedAt: at,
    ...over,
  };
}

const rejected = (at: number, over: Partial<GateDecision> = {}): GateDecision => decided(at, 'REJECTED', over);

describe('rejections in a row', () => {
  it('open an incident at the third, not before', () => {
    expect(incidentOf([rejected(1), rejected(2)], 'public', 3)).toBeNull();
    const incident = incidentOf(
      [rejected(1), rejected(2, { blockedBy: ['slices', 'quality'] }), rejected(3)],
      'public',
      3,
    );
    expect(incident).toMatchObject({ rejections: 3, since: 1, until: 3, modelIds: ['m-1', 'm-2', 'm-3'] });
    expect(incident?.blockedBy).toEqual([
      { check: 'quality', rejections: 3 },
      { check: 'slices', rejections: 1 },
    ]);
    expect(incident?.words).toContain('rejected 3 candidates in a row; quality kept it shut 3 times');
  });

  it('stay the same incident as they go on', () => {
    const first = incidentOf(
      [1, 2, 3].map((at) => rejected(at)),
      'public',
      3,
    );
    const later = incidentOf(
      [1, 2, 3, 4].map((at) => rejected(at)),
      'public',
      3,
    );
    expect(later?.incidentId).toBe(first?.incidentId);
    expect(later?.rejections).toBe(4);
  });

  it.each(['PASSED', 'OVERRIDDEN'] as const)('end when a candidate is %s', (outcome) => {
    expect(incidentOf([rejected(1), rejected(2), decided(3, outcome), rejected(4)], 'public', 3)).toBeNull();
  });

  it('of other channels do not count', () => {
    const other = rejected(3, { channel: 'internal' });
    expect(incidentOf([rejected(1), rejected(2), other], 'public', 3)).toBeNull();
  });

  it('count once however often they are told, in whatever order', () => {
    const decision = fc.record({
      at: fc.integer({ min: 1, max: 12 }),
      outcome: fc.constantFrom('PASSED', 'REJECTED', 'REJECTED', 'OVERRIDDEN'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(decision, { selector: ({ at }) => at, maxLength: 10 }), fc.nat(), (told, turn) => {
        const all = told.map(({ at, outcome }) => decided(at, outcome));
        const twice = [...all.slice(turn % (all.length + 1)), ...all].reverse();
        expect(incidentOf(twice, 'public', 2)).toEqual(incidentOf(all, 'public', 2));
      }),
    );
  });

  it('know what a report says', () => {
    const gold = comparisonOf({ slices: [sliceOf('de', { recall: -0.2, pValue: 0.001 })] });
    const report = judgeGate(gateInputOf({ gold, serving: null }));
    expect(decisionOf(report)).toEqual({
      gateId: report.gateId,
      channel: 'public',
      modelId: 'm-new',
      outcome: 'REJECTED',
      blockedBy: ['slices', 'serving'],
      decidedAt: report.decidedAt,
    });
  });
});
