import { parsePolicy } from '#policy';
import { UsageError } from '../usage-error.js';
import { explainPolicy, explanationRows, type PolicyExplanation } from './explain-policy.js';

const TEXT = `id: house
version: 3
title: House rules
owner: trust@example.org
changelog: First.
categories: [H, V, X]
questions:
  - { id: hate, version: 2, wording: Is it hate? }
  - { id: quoted, version: 1, wording: Is it quoted? }
rules:
  H:
    when: [hate and not quoted]
  V:
    when:
      - at least 2 of (hate, not quoted)
channels: {}
`;

function explain(facts: string): PolicyExplanation {
  const parsed = parsePolicy(TEXT, 'p.yaml');
  if (!parsed.ok) throw new Error('the document is wrong');
  return explainPolicy(parsed.policy, facts);
}

describe('explainPolicy', () => {
  it('derives from what is typed, by the id of a question or by question@version', () => {
    for (const facts of ['hate=yes,quoted=no', ' hate@2 = yes , quoted@1 = no ,']) {
      expect(explain(facts)).toEqual({
        policy: 'house@3',
        facts: { 'hate@2': 'yes', 'quoted@1': 'no' },
        categories: {
          H: { value: 'yes', decidedBy: ['hate@2', 'quoted@1'], open: [] },
          V: { value: 'yes', decidedBy: ['hate@2', 'quoted@1'], open: [] },
          X: { value: 'unknown', decidedBy: [], open: [] },
        },
      });
    }
  });

  it('says why in a row for each category', () => {
    expect(explanationRows(explain('hate=no'))).toEqual([
      ['H', 'no', 'hate@2 = no'],
      ['V', 'no', 'hate@2 = no'],
      ['X', 'unknown', 'the policy has no rule for it'],
    ]);
    expect(explanationRows(explain('hate=yes,quoted=unknown'))[0]).toEqual(['H', 'unknown', 'open: quoted@1']);
    expect(explanationRows(explain(''))[1]).toEqual(['V', 'unknown', 'open: hate@2, quoted@1']);
  });

  it.each([
    ['hate', '--facts hate: write <question>=yes, =no or =unknown'],
    ['hate=maybe', '--facts hate=maybe: write'],
    ['hate=yes=no', '--facts hate=yes=no: write'],
    ['threat=yes', '--facts threat=yes: house@3 does not ask this; it asks hate, quoted'],
    ['hate@1=yes', '--facts hate@1=yes: house@3 does not ask this'],
    ['hate=yes,hate@2=no', '--facts hate@2=no: hate is given twice'],
  ])('refuses %s and says what to write', (facts, message) => {
    expect(() => explain(facts)).toThrow(UsageError);
    expect(() => explain(facts)).toThrow(message);
  });
});
