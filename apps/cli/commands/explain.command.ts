import { Command, CommandRunner, Option } from 'nest-commander';
import type { VerdictExplanation } from '#platform/clickhouse';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { UsageError } from '../usage-error.js';

@Command({ name: 'explain', arguments: '<verdictId>', description: 'One verdict back to what decided it' })
export class ExplainCommand extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([verdictId = '']: string[], options: { readonly json?: boolean }): Promise<void> {
    if (!/^[0-9a-f]{32}$/.test(verdictId)) throw new UsageError(`${verdictId}: a verdictId has 32 hex digits`);
    const [verdict] = await this.session.clickhouse.query('explain-verdict', { verdict_id: verdictId });
    if (verdict === undefined) {
      throw new Error(`${verdictId}: is not in ClickHouse; a verdict of the last seconds may still be on its way`);
    }
    if (options.json === true) printJson(verdict);
    else explain(verdict);
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

function explain(verdict: VerdictExplanation): void {
  printTable(
    ['', ''],
    [
      ['verdict', `${verdict.action} (${verdict.kind}) in ${verdict.channel}, ${verdict.issued_at}`],
      ['content', `${verdict.platform}/${verdict.content_id} revision ${verdict.revision}, text ${verdict.text_hash}`],
      ['decided by', `${verdict.decided_by}, ${verdict.role}, mode ${verdict.mode}`],
      ['bundle', verdict.deployment_id],
      ['model', `${verdict.model_id}, calibration ${verdict.calibration_id}, thresholds ${verdict.threshold_set_id}`],
      ['policy', `${verdict.policy_id}@${verdict.policy_version} ${verdict.policy_title} (${verdict.policy_owner})`],
      [
        'scored',
        `${verdict.scored_at ?? 'not yet in ClickHouse'}, language ${verdict.language}, ${verdict.text_length} characters`,
      ],
      ['source', verdict.source],
      ['superseded by', verdict.superseded_by.join(', ')],
    ],
  );
  const number = (value: number | null | undefined) => (value === null || value === undefined ? '' : value.toFixed(4));
  printTable(
    ['category', 'logit', 'calibrator', 'probability', 'review from', 'block from', 'action'],
    Object.entries(verdict.categories).map(([name, category]) => [
      name,
      number(verdict.logits[name]),
      verdict.calibrators[name]?.kind ?? '',
      number(category.probability),
      number(category.review_threshold),
      number(category.block_threshold),
      category.action,
    ]),
  );
  if (Object.values(verdict.categories).some((category) => category.provisional)) {
    printLine('Thresholds are provisional: declared by the policy, not yet solved from labels.');
  }
}
