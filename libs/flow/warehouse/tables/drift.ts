import type { DriftAlerted, DriftFinding } from '#platform/contracts';
import type { RowWriter } from '../row-writer.js';
import { columnsOf, table, writeArray, writeNullableFloat64, writeNullableString, writeString } from '../table.js';
import { driftKinds, driftLevels, driftMovements, driftSuggestions } from './symbols.js';

const alerted = columnsOf<DriftAlerted>();

export const driftAlerted = table<DriftAlerted>('drift_alerted', [
  alerted.hash('alert_id', (event) => event.alertId),
  alerted.symbol('kind', driftKinds, (event) => event.kind),
  alerted.symbol('level', driftLevels, (event) => event.level),
  alerted.symbol('suggestion', driftSuggestions, (event) => event.suggestion),
  alerted.word('channel', (event) => event.channel),
  alerted.time('window_from', (event) => event.windowFrom),
  alerted.time('window_to', (event) => event.windowTo),
  alerted.of(
    'findings',
    'Array(Tuple(feature String, category Nullable(String), slice_by String, slice_value String, model_id Nullable(String), ' +
      `signs Array(String), suggestion ${driftSuggestions.type}, label_free ${driftMovements.type}, labelled ${driftMovements.type}, ` +
      'before Nullable(Float64), after Nullable(Float64), target Nullable(Float64), psi Nullable(Float64), ' +
      'jensen_shannon Nullable(Float64), kolmogorov_smirnov Nullable(Float64), wasserstein Nullable(Float64), ' +
      'p_value Nullable(Float64), reference_contents Int64, contents Int64))',
    (event) => event.findings,
    (out, findings) => {
      writeArray(out, findings, writeFinding);
    },
  ),
  alerted.int32('finding_count', (event) => event.findingCount),
  alerted.time('alerted_at', (event) => event.alertedAt),
]);

function writeFinding(out: RowWriter, finding: DriftFinding): void {
  out.string(finding.feature);
  writeNullableString(out, finding.category);
  out.string(finding.sliceBy);
  out.string(finding.sliceValue);
  writeNullableString(out, finding.modelId);
  writeArray(out, finding.signs, writeString);
  driftSuggestions.write(out, finding.suggestion);
  driftMovements.write(out, finding.labelFree);
  driftMovements.write(out, finding.labelled);
  writeNullableFloat64(out, finding.before);
  writeNullableFloat64(out, finding.after);
  writeNullableFloat64(out, finding.target);
  writeNullableFloat64(out, finding.psi);
  writeNullableFloat64(out, finding.jensenShannon);
  writeNullableFloat64(out, finding.kolmogorovSmirnov);
  writeNullableFloat64(out, finding.wasserstein);
  writeNullableFloat64(out, finding.pValue);
  out.int64(finding.referenceContents);
  out.int64(finding.contents);
}
