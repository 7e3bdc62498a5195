import fc from 'fast-check';
import { decideClaims, type ClaimedContent } from './decide-claims.js';

const claim = (contentId: string, textHash: string): ClaimedContent => ({
  platform: 'forum',
  contentId,
  revision: 1,
  textHash,
});
const request = (contentId: string, textHash: string) => ({
  key: `forum/${contentId}/1`,
  claim: claim(contentId, textHash),
});

describe('claims', () => {
  it('are new, the same, or another text', () => {
    const held = new Map([['forum/a/1', claim('a', 'x')]]);
    const requests = [request('a', 'x'), request('a', 'y'), request('b', 'x')];
    expect(decideClaims(requests, (key) => held.get(key))).toEqual(['same', 'other', 'new']);
  });

  it('of one call see each other', () => {
    const requests = [request('a', 'x'), request('a', 'x'), request('a', 'y')];
    expect(decideClaims(requests, () => undefined)).toEqual(['new', 'same', 'other']);
  });

  it('are new exactly once per key, and the first text holds, however often they are repeated', () => {
    const requests = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), text: fc.constantFrom('x', 'y') }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(requests, (calls) => {
        const held = new Map<string, ClaimedContent>();
        const first = new Map<string, string>();
        for (const { id, text } of calls) {
          const it = request(id, text);
          const [outcome] = decideClaims([it], (key) => held.get(key));
          if (outcome === 'new') held.set(it.key, it.claim);
          const expected = first.get(id);
          expect(outcome).toBe(expected === undefined ? 'new' : expected === text ? 'same' : 'other');
          if (expected === undefined) first.set(id, text);
        }
      }),
    );
  });
});
