import fs from 'node:fs';
import { Command, CommandRunner, Option } from 'nest-commander';
import { contentKey } from '#platform/contracts';
import { CliSession } from '../cli-session.js';
import { printJson, printLine } from '../output/print.js';
import { readContents } from '../read-contents.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
}

const BATCH = 500;

@Command({
  name: 'publish',
  arguments: '<file>',
  description: 'Publish contents from a JSONL file (or - for standard input) to content.submitted',
})
export class PublishCommand extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([file = '']: string[], options: Options): Promise<void> {
    if (file !== '-' && !fs.existsSync(file)) throw new UsageError(`${file}: there is no such file`);
    const text = fs.readFileSync(file === '-' ? 0 : file, 'utf8');
    const contents = readContents(file, text, { platform: options.platform ?? 'demo', now: Date.now() });
    await this.session.connections.serde.prepare(['content.submitted']);
    for (let from = 0; from < contents.length; from += BATCH) {
      const batch = contents.slice(from, from + BATCH);
      await this.session.writer.write(
        batch.map((value) => ({ topic: 'content.submitted' as const, key: contentKey(value), value })),
      );
    }
    if (options.json === true) printJson({ published: contents.length });
    else printLine(`${contents.length} contents are on content.submitted`);
  }

  @Option({ flags: '--platform <name>', description: 'Platform of lines that name none (default: demo)' })
  platform(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}
