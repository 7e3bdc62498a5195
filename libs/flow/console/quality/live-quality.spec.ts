import { liveQualityCsv, seriesOf, type QualityFigure } from './live-quality.js';

const figure: QualityFigure = {
  category: 'H',
  window_from: '2026-03-02 00:00:00.000',
  window_to: '2026-03-03 00:00:00.000',
  slice_by: 'all',
  slice_value: '',
  metric: 'precision',
  status: 'ok',
  estimate: 0.91,
  low: 0.85,
  high: 0.95,
  n: 120,
  n_eff: 80.5,
  contents: 10_000,
  flagged: 400,
  drawn: 150,
  labels: 120,
  pending: 30,
  computed_at: '2026-03-03 01:00:00.000',
};
const earlier = { window_from: '2026-03-01 00:00:00.000', window_to: '2026-03-02 00:00:00.000' };

describe('live quality', () => {
  it('is a line a category and slice, oldest window first, the widest traffic first', () => {
    const { series, categories, computedAt } = seriesOf([
      figure,
      { ...figure, slice_value: 'de', contents: 5 },
      { ...figure, slice_value: 'en', contents: 50 },
      { ...figure, ...earlier, status: 'insufficient_labels', estimate: null, low: null, high: null, n: 7 },
      { ...figure, category: 'S', computed_at: '2026-03-04 01:00:00.000' },
    ]);
    expect(series.map(({ category, slice, points }) => [category, slice, points.map(({ n }) => n)])).toEqual([
      ['H', '', [7, 120]],
      ['H', 'en', [120]],
      ['H', 'de', [120]],
      ['S', '', [120]],
    ]);
    expect(series[0]?.points[0]).toMatchObject({ status: 'insufficient_labels', estimate: { value: null } });
    expect([categories, computedAt]).toEqual([['H', 'S'], '2026-03-04T01:00:00.000Z']);
    expect(seriesOf([])).toEqual({ series: [], categories: [], computedAt: null });
  });

  it('goes into a file with every figure, and with what platforms called themselves as text alone', () => {
    const [header, row] = liveQualityCsv('public', [{ ...figure, slice_by: 'platform', slice_value: '=1+1' }]).split(
      '\r\n',
    );
    expect(header?.split(',')).toHaveLength(19);
    expect(row).toContain(`,platform,"'=1+1",precision,ok,0.91,0.85,0.95,120,80.5,`);
  });
});
