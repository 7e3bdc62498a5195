import type { LabelSubmitted } from '#platform/contracts';
import { loadExamples } from '#platform/testing';
import { judgeCrowd, type Acknowledged } from './label-crowd.js';

const [example] = loadExamples('label/submitted').filter(({ name }) => name === 'answered');
if (example === undefined) throw new Error('the example is gone');
const kept: LabelSubmitted = { ...example.event, durationMs: 1 };
const { submissionId, leaseId, taskId, contentId, labelerId, answers, durationMs } = kept;
const said: Acknowledged = { submissionId, leaseId, taskId, contentId, labelerId, answers, durationMs };

describe('the oracle of answers', () => {
  it('finds nothing when each acknowledged answer is there, also when it was written twice', () => {
    expect(judgeCrowd([said], [kept, kept])).toEqual([]);
  });

  it.each<[string, readonly Acknowledged[], readonly LabelSubmitted[]]>([
    ['lost', [said], []],
    ['crossed', [said], [{ ...kept, labelerId: 'u-other' }]],
    ['crossed', [said], [{ ...kept, durationMs: 2 }]],
    ['acknowledged twice', [said, said], [kept]],
    ['two answers under one id', [said], [kept, { ...kept, answers: {} }]],
    ['doubled', [], [kept, { ...kept, submissionId: 'another', leaseId: 'another' }]],
  ])('finds an answer that is %s', (finding, acknowledged, journal) => {
    expect(judgeCrowd(acknowledged, journal).some((line) => line.startsWith(finding))).toBe(true);
  });
});
