import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { migrate } from '#platform/clickhouse';
import { allTopics } from '#platform/contracts';
import { createTopics } from '#platform/kafka';
import { kafkaConnection } from '#platform/role';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';

const DAY_MS = 86_400_000;

@SubCommand({
  name: 'create',
  description: 'Create what is missing and check what is there; also the tables of ClickHouse',
})
export class CreateTopics extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(): Promise<void> {
    const { config, logger, clickhouse } = this.session;
    const { created, existing } = await createTopics({
      ...kafkaConnection(config, logger),
      topics: allTopics(config.channels),
      partitions: config.kafka.partitions,
      replicationFactor: config.kafka.replication,
    });
    await migrate(clickhouse);
    printLine(
      `${created.length} topics created, ${existing.length} were there; the tables of ClickHouse are up to date`,
    );
  }
}

@Command({ name: 'topics', description: 'List the topics of this installation', subCommands: [CreateTopics] })
export class TopicsCommand extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override run(_: string[], options: { readonly json?: boolean }): Promise<void> {
    const topics = allTopics(this.session.config.channels);
    if (options.json === true) {
      for (const topic of topics) printJson(topic);
    } else {
      printTable(
        ['topic', 'class', 'kept', 'schema', 'what'],
        topics.map((topic) => [
          topic.name,
          topic.class,
          topic.retentionMs < 0 ? 'for ever' : `${topic.retentionMs / DAY_MS} d`,
          topic.schema,
          topic.doc,
        ]),
      );
    }
    return Promise.resolve();
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}
