/** Resolution, agreement and label errors on real votes and labels; README.md says how to read the figures. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureAgreement, resolveVotes, vanishedAnswer, type Unit, type Vote } from '#flow/label';
import { findFlips, readEdos } from './edos.js';
import { runPass } from './pass.js';
import { runStream } from './stream.js';
import { goldenAlphas, readToxicSpans } from './toxic-spans.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: 'votes,stream,pass,errors' },
    /** Shares of labels to flip. */
    flips: { type: 'string', default: '0,0.05,0.1' },
    /** Made-up votes of the pass. */
    votes: { type: 'string', default: '1000000' },
    /** Writes `{question: {item: probability}}` for check_resolution.py. */
    export: { type: 'string' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const failures: string[] = [];

function expectThat(holds: boolean, claim: string): void {
  if (!holds) failures.push(claim);
}

function unitsOf(votes: readonly Vote[]): Unit[] {
  const units = new Map<string, string[]>();
  for (const { item, answer } of votes) {
    const known = units.get(item);
    if (known === undefined) units.set(item, [answer]);
    else known.push(answer);
  }
  return [...units.values()];
}

function runVotes(data: string): void {
  const questions = readToxicSpans(data);
  if (questions === null) {
    say(`skipped: no toxic_spans/annotations.csv under '${data}'; name a folder with --data`);
    return;
  }
  const exported: Record<string, Record<string, number>> = {};
  for (const [question, votes] of questions) {
    const units = unitsOf(votes);
    const agreement = measureAgreement(units);
    const started = performance.now();
    const resolution = resolveVotes(votes);
    const seconds = (performance.now() - started) / 1000;
    const { parameters, probabilities, iterations, converged } = resolution;
    const shares = units.map((unit) => unit.filter((value) => value === 'YES').length / unit.length);
    const mean = [...probabilities.values()].reduce((sum, q) => sum + q, 0) / probabilities.size;
    const above = (list: readonly number[]): number => list.filter((share) => share > 0.5).length / list.length;
    const golden = goldenAlphas[question] ?? Number.NaN;
    expectThat(Math.abs(agreement.alpha - golden) < 1e-3, `alpha of ${question} within .001 of ${golden}`);
    expectThat(probabilities.size === units.length, `every item of ${question} resolved`);
    say(
      `${question}: ${votes.length} votes, ${units.length} items, ${parameters.labelers.size} labelers; ` +
        `alpha ${agreement.alpha.toFixed(4)} [${agreement.alphaLow.toFixed(3)}, ${agreement.alphaHigh.toFixed(3)}], ` +
        `positive agreement ${agreement.positiveAgreement.toFixed(3)} [${agreement.positiveLow.toFixed(3)}, ${agreement.positiveHigh.toFixed(3)}], ${agreement.band ?? 'none'}; ` +
        `majority ${percent(above(shares))}, mean q ${percent(mean)}, q > .5 ${percent(above([...probabilities.values()]))}; ` +
        `pooled skill ${parameters.pooled.sensitivity.toFixed(3)} / ${parameters.pooled.specificity.toFixed(3)}, ` +
        `vanished ${vanishedAnswer(votes, resolution) ?? 'none'}; ` +
        `${iterations} iterations${converged ? '' : ', not converged'}, ${Math.round(votes.length / seconds / 1000)},000 votes/s`,
    );
    exported[question] = Object.fromEntries(probabilities);
  }
  if (values.export !== undefined) writeFileSync(values.export, JSON.stringify(exported));
}

function runErrors(data: string): void {
  const posts = readEdos(data);
  if (posts === null) {
    say(`skipped: no edos/edos_labelled_aggregated.csv under '${data}'; name a folder with --data`);
    return;
  }
  for (const flips of values.flips.split(',').map(Number)) {
    const result = findFlips(posts, flips, (fold) => process.stderr.write(`flips ${flips}: fold ${fold + 1} of 5\n`));
    say(
      `edos, ${posts.texts.length} posts, ${percent(flips)} flipped: out-of-fold error ${result.outOfFoldError.toFixed(3)}, ` +
        `flagged ${percent(result.flagged)}, recall ${result.recall.toFixed(3)}, precision ${result.precision.toFixed(3)}, ` +
        `top-n precision ${result.topPrecision.toFixed(3)}`,
    );
    if (flips !== 0.05) continue;
    expectThat(result.recall >= 0.5, 'recall of flipped labels at least .5');
    expectThat(result.precision >= 4 * flips, 'precision at least four times the flip rate');
    expectThat(result.topPrecision >= 0.4, 'precision among the first n at least .4');
  }
}

if (values.only.includes('votes')) runVotes(values.data);
if (values.only.includes('stream')) {
  const questions = readToxicSpans(values.data);
  if (questions === null)
    say(`skipped: no toxic_spans/annotations.csv under '${values.data}'; name a folder with --data`);
  else await runStream(questions, { say, expectThat, exportTo: values.export ?? null });
}
if (values.only.includes('pass')) await runPass(Number(values.votes), say);
if (values.only.includes('errors')) runErrors(values.data);
for (const claim of failures) say(`FAILED: ${claim}`);
process.exitCode = failures.length > 0 ? 1 : 0;
