import type { CalibrationQuality } from '../calibration-quality.js';
import type { CategoryReport } from '../evaluation-report.js';
import { decimal, escape } from './page.js';
import type { Tone } from './page.js';

const plot = { left: 34, top: 20, size: 190, width: 236, height: 252 };

function x(share: number): string {
  return (plot.left + plot.size * share).toFixed(1);
}

function y(share: number): string {
  return (plot.top + plot.size * (1 - share)).toFixed(1);
}

/** The unit square with a grid. `inside` lies over the grid. */
function square(label: string, horizontal: string, vertical: string, inside: string, height = plot.height): string {
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) => `<path class="grid" d="M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}"/>`,
  );
  const ticks = [0, 0.5, 1].map(
    (tick) => `<text x="${x(tick)}" y="${plot.top + plot.size + 15}" text-anchor="middle">${tick}</text>
<text x="${plot.left - 6}" y="${(Number(y(tick)) + 4).toFixed(1)}" text-anchor="end">${tick}</text>`,
  );
  return `<svg viewBox="0 0 ${plot.width} ${height}" role="img" aria-label="${escape(label)}">${grid.join('')}${ticks.join('')}
${inside}<text x="${x(0.5)}" y="${plot.top + plot.size + 32}" text-anchor="middle">${horizontal}</text>
<text x="${plot.left - 26}" y="${plot.top - 8}">${vertical}</text></svg>`;
}

/** Precision by recall, as the steps whose area the average precision is, with the actions of the thresholds on it. */
export function precisionRecallPlot(one: CategoryReport): string {
  const [first] = one.curve;
  let path = `M${x(0)} ${y(first?.precision ?? 0)}`;
  for (const { recall, precision } of one.curve) path += `V${y(precision)}H${x(recall)}`;
  const prevalence = one.prevalence ?? 0;
  const marks = [
    { name: 'review', at: one.review },
    { name: 'block', at: one.block },
  ].map(({ name, at }) => {
    const { recall, precision } = at ?? {};
    if (recall?.value == null || precision?.value == null) return '';
    const cx = Number(x(recall.value));
    const cy = Number(y(precision.value));
    const shape =
      name === 'review'
        ? `<path class="review" d="M${cx} ${cy - 6}L${cx + 6} ${cy}L${cx} ${cy + 6}L${cx - 6} ${cy}Z">`
        : `<rect class="block" x="${cx - 4.5}" y="${cy - 4.5}" width="9" height="9">`;
    return `${shape}<title>${name}: precision ${decimal(precision.value, 2)}, recall ${decimal(recall.value, 2)}</title></${name === 'review' ? 'path' : 'rect'}>`;
  });
  return square(
    `Precision by recall for ${one.category}: average precision ${decimal(one.averagePrecision.value)}, prevalence ${decimal(prevalence)}`,
    'recall',
    'precision',
    `<path class="area" d="${path}V${y(0)}H${x(0)}Z"/><path class="base" d="M${x(0)} ${y(prevalence)}H${x(1)}"/>
<path class="curve" d="${path}"/>${marks.join('')}`,
  );
}

const histogramHeight = 44;

/** Observed rate by calibrated probability with Wilson whiskers; below it the rows of either label on a log scale. */
export function reliabilityPlot(category: string, quality: CalibrationQuality): string {
  const dot = (bin: CalibrationQuality['bins'][number], shape: string): string =>
    `<path class="whisker" d="M${x(bin.meanScore)} ${y(bin.low)}V${y(bin.high)}"/>
<circle class="${shape}" cx="${x(bin.meanScore)}" cy="${y(bin.rate)}" r="${shape === 'top' ? 2.6 : 3.2}"><title>${bin.items} rows: ${decimal(bin.meanScore, 2)} said, ${decimal(bin.rate, 2)} found</title></circle>`;
  const { positives, negatives } = quality.histogram;
  const most = Math.max(1, ...positives, ...negatives);
  const floor = plot.top + plot.size + 40 + histogramHeight;
  const height = (rows: number): number =>
    rows === 0 ? 0 : 3 + ((histogramHeight - 3) * Math.log(rows)) / Math.log(Math.max(2, most));
  const wide = plot.size / positives.length;
  const bars = positives.flatMap((yes, i) =>
    [
      { name: 'yes', rows: yes, shift: 0.5 },
      { name: 'no', rows: negatives[i] ?? 0, shift: wide / 2 },
    ].map(({ name, rows, shift }) =>
      rows === 0
        ? ''
        : `<rect class="${name}" x="${(plot.left + wide * i + shift).toFixed(1)}" y="${(floor - height(rows)).toFixed(1)}" width="${(wide / 2 - 0.5).toFixed(1)}" height="${height(rows).toFixed(1)}"><title>${rows} rows labelled ${name}</title></rect>`,
    ),
  );
  const inside = `<path class="base" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
${quality.topBins.map((bin) => dot(bin, 'top')).join('')}${quality.bins.map((bin) => dot(bin, 'bin')).join('')}
${bars.join('')}<path class="axis" d="M${x(0)} ${floor}H${x(1)}"/><text x="${x(0)}" y="${floor + 14}">rows, log scale; most ${most}</text>`;
  return square(
    `Observed rate by calibrated probability for ${category}: slope ${decimal(quality.slope.value, 2)}, error in the top 5 % ${decimal(quality.topEce)}`,
    'probability',
    'observed rate',
    inside,
    floor + 20,
  );
}

const bar = { width: 200, left: 6, size: 188 };

/** A figure from 0 to 1 with its interval and, dashed, what chance reaches. */
export function shareBar(
  { value, low, high }: { readonly value: number | null; readonly low: number | null; readonly high: number | null },
  baseline: number | null,
  tone: Tone = 'good',
): string {
  if (value === null) return '';
  const at = (share: number): string => (bar.left + bar.size * share).toFixed(1);
  const chance = baseline === null ? '' : `<path class="base" d="M${at(baseline)} 2V18"/>`;
  const range = low === null || high === null ? '' : `<path class="range ${tone}" d="M${at(low)} 10H${at(high)}"/>`;
  return `<svg class="bar" viewBox="0 0 ${bar.width} 20" aria-hidden="true"><path class="axis" d="M${at(0)} 10H${at(1)}"/>${chance}${range}<circle class="point ${tone}" cx="${at(value)}" cy="10" r="4.5"/></svg>`;
}

/** A difference around 0 on a scale to `reach` either side; `margin` is the loss that is still allowed. */
export function differenceBar(
  { value, low, high }: { readonly value: number | null; readonly low: number | null; readonly high: number | null },
  reach: number,
  margin: number | null,
  tone: Tone,
): string {
  if (value === null) return '';
  const at = (difference: number): string => {
    const held = Math.max(-1, Math.min(1, difference / reach));
    return (bar.left + (bar.size * (held + 1)) / 2).toFixed(1);
  };
  const allowed =
    margin === null
      ? ''
      : `<rect class="margin" x="${at(-margin)}" y="2" width="${(Number(at(0)) - Number(at(-margin))).toFixed(1)}" height="16"/>`;
  const range = low === null || high === null ? '' : `<path class="range ${tone}" d="M${at(low)} 10H${at(high)}"/>`;
  return `<svg class="bar" viewBox="0 0 ${bar.width} 20" aria-hidden="true">${allowed}<path class="axis" d="M${at(-reach)} 10H${at(reach)}"/><path class="zero" d="M${at(0)} 1V19"/>${range}<circle class="point ${tone}" cx="${at(value)}" cy="10" r="4.5"/></svg>`;
}
