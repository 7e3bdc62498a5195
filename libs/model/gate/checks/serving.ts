import { failed, judged, notRun, reported } from '../check-row.js';
import type { CheckDraft, Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import type { GateInput } from '../gate-input.js';

/** The file at work: time, size, equal scores in both runtimes, and the scores that it is known for (evaluation 4.2). */
export function judgeServing({ serving, settings }: GateInput): GateCheck[] {
  const { p99Ratio, bytes, parityDifference, parityTexts } = settings.serving;
  const base = { check: 'serving', on: 'ARTEFACT' } as const;
  const latency: Demanded = {
    ...base,
    measure: 'p99-latency',
    rule: `99th percentile of the latency at most ${p99Ratio} times the champion's`,
    bound: 'AT_MOST',
    limit: p99Ratio,
    figure: serving?.p99Ratio ?? null,
  };
  const size: Demanded = {
    ...base,
    measure: 'bytes',
    rule: `at most ${bytes.toLocaleString('en-GB')} bytes`,
    bound: 'AT_MOST',
    limit: bytes,
    figure: serving?.bytes ?? null,
  };
  const parity: Demanded = {
    ...base,
    measure: 'score-parity',
    rule: `scores of both runtimes differ by less than ${parityDifference} on ${parityTexts} texts`,
    bound: 'BELOW',
    limit: parityDifference,
    figure: serving?.parity === 'ONE_RUNTIME' ? null : (serving?.parity?.maxDifference ?? null),
  };
  const golden: CheckDraft = { ...base, measure: 'golden-scores', rule: 'the golden scores come out' };
  return [
    latency.figure === null ? notRun(latency, 'the latency was not measured') : judged(latency),
    size.figure === null ? notRun(size, 'the size is not known') : judged(size),
    judgeParity(parity, serving?.parity ?? null, parityTexts),
    judgeGolden(golden, serving?.goldenScores ?? null),
  ];
}

function judgeParity(
  draft: Demanded,
  parity: { readonly texts: number; readonly maxDifference: number } | 'ONE_RUNTIME' | null,
  least: number,
): GateCheck {
  if (parity === null) return notRun(draft, 'both runtimes were not compared');
  if (parity === 'ONE_RUNTIME') return reported(draft, 'only one runtime can score models of this family');
  // Too few texts cannot show that scores agree; they can show that they do not.
  const found = judged(draft, `${parity.texts} texts`);
  if (found.finding === 'PASSES' && !(parity.texts >= least))
    return notRun(draft, `${parity.texts} texts; ${least} are needed`);
  return found;
}

function judgeGolden(draft: CheckDraft, areRight: boolean | null): GateCheck {
  if (areRight === null) return notRun(draft, 'the golden scores were not computed');
  const row: Demanded = { ...draft, bound: 'AT_LEAST', limit: 1, figure: areRight ? 1 : 0 };
  return areRight ? judged(row, 'all of them') : failed(row, 'other scores came out than the file was published with');
}
