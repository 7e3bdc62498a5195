import { goldenAlphas, readToxicSpans } from '../../../../bench/labels/toxic-spans.js';
import { krippendorffAlpha } from '../quality/agreement.js';
import { resolveVotes, vanishedAnswer } from './resolve-votes.js';

const data = '../shared/data';
const questions = readToxicSpans(data);
const withData = questions === null ? describe.skip : describe;
if (questions === null) process.stdout.write(`skipped: no toxic_spans/annotations.csv under '${data}'\n`);

/** Mean probability by question, from check_resolution.py beside the benchmark, which shares no code with this. */
const independent: Readonly<Record<string, number>> = {
  toxic: 0.9999,
  insult: 0.9422,
  identity: 0.0027,
  threat: 0.002,
};

withData('the 59,215 real votes of toxic_spans', () => {
  it.each(Object.keys(goldenAlphas))(
    'agree on "%s" as labels 2.2 says and resolve as an independent program does',
    (question) => {
      const votes = questions?.get(question) ?? [];
      expect(votes).toHaveLength(59_215);
      const units = new Map<string, string[]>();
      for (const { item, answer } of votes) units.set(item, [...(units.get(item) ?? []), answer]);
      const alpha = krippendorffAlpha([...units.values()]);
      expect(Math.abs(alpha - (goldenAlphas[question] ?? Number.NaN))).toBeLessThan(1e-3);

      const resolution = resolveVotes(votes);
      expect(resolution.probabilities.size).toBe(units.size);
      expect(resolution.parameters.labelers.size).toBe(3579);
      const mean = [...resolution.probabilities.values()].reduce((sum, q) => sum + q, 0) / units.size;
      expect(Math.abs(mean - (independent[question] ?? Number.NaN))).toBeLessThan(1e-4);
      // With agreement this poor one answer wins everything, and the result says so.
      expect(vanishedAnswer(votes, resolution)).not.toBeNull();
    },
  );
});
