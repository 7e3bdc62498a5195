import type { DriftAlerted, DriftFinding } from '#platform/contracts';
import { alertLevel, driftSuggestions, isOpened, suggest } from '#model';
import { hashText } from '#policy';
import { scopeKey, type DriftChannel, type DriftHistory, type DriftJudgement, type DriftWindow } from './drift-rows.js';
import { crossesFlagRate, labelFreeMovement } from './judge-traffic.js';
import { hasPolicyChanged, type LabelledFigure, type MeasuredPerformance } from './measure-performance.js';

const HOUR_MS = 3_600_000;
const MOST_FINDINGS = 50;

/** Everything that is known when the windows that end at one time have been judged. */
export interface AlertInputs {
  /** End of the windows, milliseconds. */
  readonly to: number;
  readonly windows: readonly DriftWindow[];
  readonly judgements: readonly DriftJudgement[];
  readonly history: readonly DriftHistory[];
  readonly performance: MeasuredPerformance;
  readonly channels: readonly DriftChannel[];
  /** Milliseconds. */
  readonly now: number;
}

interface Finding {
  readonly finding: DriftFinding;
  readonly channel: string;
  readonly widthHours: number;
  readonly isSevere: boolean;
}

/** The alerts that open with these windows: at most one for each channel, kind and window. The same inputs give the same ids. */
export function makeAlerts(inputs: AlertInputs): readonly DriftAlerted[] {
  const past = new Map(inputs.history.map((one) => [scopeKey(one), one.past]));
  const opened = (judgement: DriftJudgement): boolean =>
    judgement.signs.length > 0 &&
    isOpened([...(past.get(scopeKey(judgement.scope)) ?? []).map(([, exceeded]) => exceeded === 1), true]);
  const figures = new Map(inputs.performance.figures.map((figure) => [scopeKey(figure.scope), figure]));
  const windows = new Map(inputs.windows.map((window) => [scopeKey(window), window]));
  const traffic: Finding[] = [];
  const labelled: Finding[] = [];
  for (const judgement of inputs.judgements.filter(opened)) {
    const window = windows.get(scopeKey(judgement.scope));
    const figure = figures.get(scopeKey(judgement.scope));
    if (window !== undefined) traffic.push(trafficFinding(window, judgement, inputs));
    else if (figure !== undefined) labelled.push(labelledFinding(figure, inputs));
  }
  for (const window of inputs.windows) {
    if (window.feature !== 'logit' || window.slice_by !== 'all') continue;
    if (crossesFlagRate(window, past.get(scopeKey(window)) ?? [], inputs.to) !== null) {
      traffic.push(flagFinding(window, inputs));
    }
  }
  return [...alertsOf('TRAFFIC', traffic, inputs), ...alertsOf('PERFORMANCE', labelled, inputs)];
}

function alertsOf(
  kind: 'TRAFFIC' | 'PERFORMANCE',
  found: readonly Finding[],
  { to, now }: AlertInputs,
): readonly DriftAlerted[] {
  const groups = new Map<string, Finding[]>();
  for (const one of found) {
    const key = `${one.widthHours} ${one.channel}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { channel, widthHours } = first;
    const from = to - widthHours * HOUR_MS;
    const findings = group.map(({ finding }) => finding).sort((left, right) => (right.psi ?? 1) - (left.psi ?? 1));
    return [
      {
        alertId: hashText(`drift ${channel} ${kind} ${from} ${to}`),
        kind,
        level: alertLevel({
          isSevere: group.some(({ isSevere }) => isSevere),
          missesTarget: findings.some(({ signs }) => signs.includes('TARGET')),
          flagRateCrossed: findings.some(({ signs }) => signs.includes('FLAG_RATE')),
        }),
        suggestion: driftSuggestions.find((one) => findings.some(({ suggestion }) => suggestion === one)) ?? 'BENIGN',
        channel,
        windowFrom: from,
        windowTo: to,
        findings: findings.slice(0, MOST_FINDINGS),
        findingCount: findings.length,
        alertedAt: now,
      },
    ];
  });
}

function trafficFinding(window: DriftWindow, judgement: DriftJudgement, inputs: AlertInputs): Finding {
  const isOfScores = window.feature === 'logit';
  return {
    channel: window.channel,
    widthHours: window.width_hours,
    isSevere: judgement.isSevere,
    finding: {
      ...placeOf(window),
      feature: window.feature,
      signs: judgement.signs as DriftFinding['signs'],
      ...evidenceOf(window, inputs),
      before: isOfScores ? window.reference_mean : null,
      after: isOfScores ? window.mean : null,
      target: null,
      psi: window.psi,
      jensenShannon: window.jensen_shannon,
      kolmogorovSmirnov: window.kolmogorov_smirnov,
      wasserstein: window.wasserstein,
      pValue: judgement.adjusted,
      referenceContents: window.reference_contents,
      contents: window.contents,
    },
  };
}

function flagFinding(window: DriftWindow, inputs: AlertInputs): Finding {
  return {
    channel: window.channel,
    widthHours: window.width_hours,
    isSevere: false,
    finding: {
      ...placeOf(window),
      feature: 'flag_rate',
      signs: ['FLAG_RATE'],
      ...evidenceOf(window, inputs),
      before: window.reference_sums.flagged / window.reference_contents,
      after: window.sums.flagged / window.contents,
      target: null,
      psi: null,
      jensenShannon: null,
      kolmogorovSmirnov: null,
      wasserstein: null,
      pValue: null,
      referenceContents: window.reference_contents,
      contents: window.contents,
    },
  };
}

function labelledFinding(figure: LabelledFigure, inputs: AlertInputs): Finding {
  const { scope } = figure;
  const { labelFree } = inputs.performance.movements(scope);
  // A figure that never met its target did not move; it asks for another model all the same.
  const labelled = 'MOVED';
  return {
    channel: scope.channel,
    widthHours: scope.width_hours,
    isSevere: false,
    finding: {
      ...placeOf(scope),
      feature: scope.feature,
      signs: figure.signs,
      suggestion: suggest({ labelFree, labelled, policyChanged: policyChanged(scope.channel, inputs) }),
      labelFree,
      labelled: figure.signs.includes('LABELS') ? labelled : 'STABLE',
      before: figure.before.value,
      after: figure.after.value,
      target: figure.signs.includes('TARGET') ? figure.target : null,
      psi: null,
      jensenShannon: null,
      kolmogorovSmirnov: null,
      wasserstein: null,
      pValue: figure.adjusted,
      referenceContents: figure.labelsBefore,
      contents: figure.labels,
    },
  };
}

function evidenceOf(
  window: DriftWindow,
  inputs: AlertInputs,
): Pick<DriftFinding, 'suggestion' | 'labelFree' | 'labelled'> {
  const labelFree = labelFreeMovement(window, inputs.windows);
  const { labelled } = inputs.performance.movements(window);
  return {
    suggestion: suggest({ labelFree, labelled, policyChanged: policyChanged(window.channel, inputs) }),
    labelFree,
    labelled,
  };
}

function policyChanged(name: string, { channels }: AlertInputs): boolean {
  const channel = channels.find((one) => one.channel === name);
  return channel !== undefined && hasPolicyChanged(channel);
}

function placeOf({ category, slice_by, slice_value, model_id }: DriftWindow | LabelledFigure['scope']) {
  return {
    category: category === '' ? null : category,
    sliceBy: slice_by,
    sliceValue: slice_value,
    modelId: model_id === '' ? null : model_id,
  };
}
