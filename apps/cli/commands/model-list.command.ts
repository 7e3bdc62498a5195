import { CommandRunner, Option, SubCommand } from 'nest-commander';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { positiveInteger, UsageError } from '../usage-error.js';

const MOST_LISTED = 20;
const MEGABYTE = 2 ** 20;

interface Options {
  readonly count?: number;
  readonly json?: boolean;
}

const rounded = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

@SubCommand({ name: 'list', description: 'Models and calibrations that were trained here' })
export class ListModels extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: Options): Promise<void> {
    const rows = await this.session.clickhouse.query('training-models', {
      artefact_id: '',
      most: options.count ?? MOST_LISTED,
    });
    if (options.json === true) {
      for (const row of rows) printJson(row);
      return;
    }
    printTable(
      ['artefact', 'kind', 'recipe', 'family', 'data set or channel', 'parent', 'AP of ANY', 'at'],
      rows.map((row) => [
        row.artefact_id,
        row.kind,
        row.name,
        row.family,
        row.dataset_id ?? row.channel ?? '',
        row.parent_model_id ?? '',
        rounded(row.metrics['ANY']?.[2] ?? null),
        new Date(row.completed_ms).toISOString(),
      ]),
    );
  }

  @Option({ flags: '--count <n>', description: `At most so many (default: ${MOST_LISTED})` })
  count(value: string): number {
    return positiveInteger('--count', value);
  }

  @Option({ flags: '--json', description: 'One JSON document a line' })
  json(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'show',
  arguments: '<artefact>',
  description: 'One model or calibration: where it comes from, how good it is',
})
export class ShowModel extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([id = '']: string[], options: Options): Promise<void> {
    const [row, other] = await this.session.clickhouse.query('training-models', { artefact_id: id, most: 2 });
    if (row === undefined) throw new UsageError(`${id}: no model begins like this; tidegate model list shows them`);
    if (other !== undefined) throw new UsageError(`${id}: several models begin like this; give more of it`);
    if (options.json === true) {
      printJson(row);
      return;
    }
    const facts: readonly (readonly [string, string | null])[] = [
      ['artefact', row.artefact_id],
      ['kind', row.kind],
      ['model', row.model_id],
      ['SHA-256 of its file', row.model_sha256],
      ['recipe', `${row.name} (${row.recipe_id})`],
      ['family', row.family],
      ['data set', row.dataset_id],
      ['parent', row.parent_model_id],
      ['channel', row.channel],
      ['policy', row.policy_id === null ? null : `${row.policy_id}@${row.policy_version ?? '?'}`],
      ['size', `${(row.bytes / MEGABYTE).toFixed(1)} MB`],
      ['release', row.release],
      ['request', row.request_id],
      ['completed', new Date(row.completed_ms).toISOString()],
    ];
    printTable(
      ['', ''],
      facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
    printTable(
      ['category', 'rows', 'yes', 'AP', '95 %', 'AUC', 'review from', 'block from'],
      row.categories.map((category) => {
        const [rows, positives, ap, low, high, auc] = row.metrics[category] ?? [null, null, null, null, null, null];
        const [review = null, block = null, isProvisional = false] = row.thresholds[category] ?? [];
        const mark = isProvisional ? ' (provisional)' : '';
        return [
          category,
          String(rows ?? '–'),
          String(positives ?? '–'),
          rounded(ap),
          low === null ? '–' : `${rounded(low)} to ${rounded(high)}`,
          rounded(auc),
          review === null ? 'never' : `${rounded(review)}${mark}`,
          block === null ? 'never' : `${rounded(block)}${mark}`,
        ];
      }),
    );
    for (const [category, action, target, why, fallback] of row.unmet_targets) {
      printLine(`${category}: ${action} at ${target} cannot be promised yet: ${why}; instead: ${fallback}`);
    }
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}
