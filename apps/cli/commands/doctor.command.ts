import { Command, CommandRunner, Option } from 'nest-commander';
import { allTopics } from '#platform/contracts';
import { kafkaHealth } from '#platform/kafka';
import { kafkaConnection } from '#platform/role';
import { CliSession } from '../cli-session.js';
import { printJson, printTable } from '../output/print.js';

interface Finding {
  readonly part: string;
  readonly ok: boolean;
  /** What was found, or what to do. */
  readonly detail: string;
}

const PATIENCE_MS = 5000;

@Command({ name: 'doctor', description: 'Look at every part of this installation and say what is wrong' })
export class DoctorCommand extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: { readonly json?: boolean }): Promise<void> {
    const { config, clickhouse } = this.session;
    const findings = await Promise.all([
      examine('Kafka', `start it, or set KAFKA_BROKERS (now ${config.kafka.brokers.join(',')})`, () => this.topics()),
      examine('registry', `start it, or set SCHEMA_REGISTRY_URL (now ${config.registryUrl})`, () =>
        answers(`${config.registryUrl}/subjects`),
      ),
      examine('ClickHouse', `start it, or set CLICKHOUSE_URL (now ${config.clickhouse.url})`, async () => {
        await clickhouse.ping();
        return `answers at ${config.clickhouse.url}`;
      }),
      examine('gateway', `start it with npm start, or set CONTENT_PORT (now ${config.gateway.port})`, () =>
        answers(`http://127.0.0.1:${config.gateway.port}/health/ready`),
      ),
    ]);
    if (options.json === true) for (const finding of findings) printJson(finding);
    else
      printTable(
        ['part', '', 'what'],
        findings.map((f) => [f.part, f.ok ? 'well' : 'WRONG', f.detail]),
      );
    if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
  }

  @Option({ flags: '--json', description: 'One JSON document a line' })
  json(): boolean {
    return true;
  }

  private async topics(): Promise<string> {
    const { config, logger } = this.session;
    const health = await kafkaHealth(kafkaConnection(config, logger));
    const wanted = allTopics(config.channels).map((topic) => topic.name);
    if (!health.ok) throw new Error(health.problem);
    const missing = wanted.filter((topic) => !health.topics.includes(topic));
    if (missing.length > 0) throw new Error(`${missing.join(', ')} missing; create them with: tidegate topics create`);
    return `answers at ${config.kafka.brokers.join(',')}, ${wanted.length} topics are there`;
  }
}

async function examine(part: string, remedy: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { part, ok: true, detail: await look() };
  } catch (error) {
    return { part, ok: false, detail: `${error instanceof Error ? error.message : 'no answer'}: ${remedy}` };
  }
}

async function answers(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return `answers at ${url}`;
}
