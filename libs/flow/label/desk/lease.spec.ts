import { answerRequest, SECRET } from './desk.fixture.js';
import { createLeaseSeal, submissionIdOf, type SealedLease } from './lease.js';
import { overturnOf, verdictRequest } from './verdict-requests.js';

const lease: SealedLease = {
  ...{ leaseId: 'l-1', taskId: 't-1', platform: 'forum', contentId: 'p/1', revision: 2 },
  origin: 'APPEALED',
  windowFrom: null,
  queue: 'EXPERT',
  ...{ labelerId: 'u-1', group: 'kids', ordinal: 7, leasedAt: 1, expiresAt: 2, policies: ['house@1'] },
  purpose: 'FRESH',
  textHash: 'a',
  verdict: { verdictId: 'v-1', channel: 'public', action: 'BLOCK', textHash: 'a', partition: 3 },
};

describe('a sealed lease', () => {
  const { seal, open } = createLeaseSeal(SECRET);

  it('comes back as it was', () => {
    expect(open(seal(lease))).toEqual(lease);
    expect(seal(lease).length).toBeLessThan(4096);
  });

  it('is nobody else’s to make or to change', () => {
    const word = seal(lease);
    const [body = '', sign = ''] = word.split('.');
    const other = Buffer.from(body, 'base64url').toString().replace('u-1', 'u-2');
    const changed = `${Buffer.from(other).toString('base64url')}.${sign}`;
    const foreign = createLeaseSeal(Buffer.from('another installation')).seal(lease);
    for (const wrong of [changed, foreign, `${word}.x`, body, '', '.', 'no lease']) expect(open(wrong)).toBeNull();
  });
});

describe('what a decision on an appeal asks for', () => {
  it('is nothing when the verdict stands, or when nothing was decided', () => {
    expect(overturnOf(lease, answerRequest('', { action: 'BLOCK' }))).toBeNull();
    expect(overturnOf(lease, answerRequest('', { action: null }))).toBeNull();
    expect(overturnOf({ ...lease, verdict: null }, answerRequest('', { action: 'ALLOW' }))).toBeNull();
  });

  it('is one verdict in place of another, by an id that a repetition shares', () => {
    const overturn = overturnOf(lease, answerRequest('', { action: 'ALLOW' }));
    expect(overturn).toMatchObject({ supersedes: 'v-1', causeId: submissionIdOf('l-1', 0), partition: 3 });
    if (overturn === null) return;
    expect(verdictRequest(overturn, 5).requestId).toBe(verdictRequest(overturn, 6).requestId);
  });

  it('replaces what an earlier attempt asked for, also when the model had been right', () => {
    const corrected = overturnOf(lease, answerRequest('', { action: 'BLOCK', attempt: 1 }));
    expect(corrected).toMatchObject({ action: 'BLOCK', causeId: submissionIdOf('l-1', 1) });
    expect(corrected?.supersedes).not.toBe('v-1');
  });
});
