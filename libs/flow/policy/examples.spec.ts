import { loadExamples } from '#platform/testing';
import { policyKey, publishPolicy } from './publish-policy.js';

const CHANNELS = ['public', 'internal', 'kids'];
const published = loadExamples('policy/published').map(({ event }) => event);

describe('the examples of policy.requested', () => {
  it.each(loadExamples('policy/requested'))('$name is answered', ({ name, event }) => {
    const answer = publishPolicy({ file: 'document', text: event.document }, new Map(), CHANNELS, 1);
    expect(answer.kind).toBe(name === 'not-a-policy' ? 'refused' : 'publish');
  });
});

describe('the examples of policy.published', () => {
  it.each(loadExamples('policy/published'))('$name is what its document says', ({ event }) => {
    const answer = publishPolicy({ file: 'document', text: event.document }, new Map(), CHANNELS, event.publishedAt);
    expect(answer).toEqual({ kind: 'publish', policy: event });
  });

  it.each(published)('$policyId@$version is not published again', (event) => {
    expect(
      publishPolicy({ file: 'document', text: event.document }, new Map([[policyKey(event), event]]), CHANNELS, 1).kind,
    ).toBe('published');
  });
});
