import type { DatasetPublished } from '#platform/contracts';
import { dueRequests, requestIdOf, type DueInput } from './due-requests.js';

const HOUR = 3_600_000;
/** Given long before. */
const given = (items: number, firstAt = 1) => new Map([['default@2', { items, firstAt }]]);
const NOW = Date.UTC(2026, 10, 23, 10, 30);

function look(changes: Partial<DueInput> = {}, schedule: Partial<DueInput['recipes'][number]['schedule']> = {}) {
  return dueRequests({
    recipes: [
      {
        name: 'house',
        recipeId: 'r-1',
        policy: 'default',
        schedule: { every: null, newLabels: null, onPolicyChange: false, ...schedule },
      },
    ],
    versions: new Map([['default', 2]]),
    counts: given(120),
    countsBefore: given(120),
    readableUntil: 300,
    published: [],
    now: NOW,
    ...changes,
  });
}

const built = (policyVersion: number, labelsUntil: number): DatasetPublished => ({
  datasetId: 'ds-1',
  name: 'house',
  kind: 'BUILT',
  requestId: 'q',
  policyId: 'default',
  policyVersion,
  labelsUntil,
  sources: [],
  rule: 'exact',
  recipeId: 'r-1',
  recipe: '{}',
  saltId: 's',
  rows: 1,
  digest: 'd',
  splits: {},
  categories: {},
  languages: {},
  licences: [],
  expectations: [],
  previousId: null,
  publishedAt: 1,
});

describe('dueRequests', () => {
  it('asks for nothing that the recipe does not ask for, and for nothing without labels', () => {
    expect(look()).toEqual([]);
    expect(look({ counts: new Map() }, { every: HOUR, newLabels: 1 })).toEqual([]);
    expect(look({ versions: new Map() }, { every: HOUR, newLabels: 1 })).toEqual([]);
  });

  it('counts labels in steps: between two steps the same request, beyond the next another', () => {
    const ids = [120, 149, 150].map((labels) => look({ counts: given(labels) }, { newLabels: 50 })[0]?.requestId);
    expect(ids[0]).toBe(requestIdOf('LABELS', 'default@2/100', 'r-1'));
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).toBe(requestIdOf('LABELS', 'default@2/150', 'r-1'));
    expect(look({}, { newLabels: 121 })).toEqual([]);
  });

  it('follows a new version of the policy once its labels have stopped to grow, and only where there was one before', () => {
    const published = [built(1, 200)];
    const asked = look({ published }, { onPolicyChange: true });
    expect(asked).toMatchObject([{ cause: 'POLICY', causeId: 'default@2', policyVersion: 2 }]);
    expect(look({ published, countsBefore: given(80) }, { onPolicyChange: true })).toEqual([]);
    expect(look({ published: [] }, { onPolicyChange: true })).toEqual([]);
    expect(look({ published: [built(1, 200), built(2, 300)] }, { onPolicyChange: true })).toEqual([]);
  });

  it('builds once in each window of the schedule, and not without new labels', () => {
    const [first] = look({}, { every: HOUR });
    const [later] = look({ now: NOW + HOUR / 4 }, { every: HOUR });
    expect(first).toMatchObject({ cause: 'SCHEDULE', causeId: '2026-11-23T10:00:00.000Z' });
    expect(later?.requestId).toBe(first?.requestId);
    expect(look({ now: NOW + HOUR }, { every: HOUR })[0]?.requestId).not.toBe(first?.requestId);
    expect(look({ published: [built(2, 300)] }, { every: HOUR })).toEqual([]);
  });

  it('waits with the first labels of an installation for the next window', () => {
    const counts = given(3, NOW - 1000);
    expect(look({ counts }, { every: HOUR })).toEqual([]);
    expect(look({ counts, now: NOW + HOUR }, { every: HOUR })).toHaveLength(1);
  });
});
