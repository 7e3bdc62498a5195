import { parseArgs } from 'node:util';

export interface StandaloneArguments {
  readonly demo: boolean;
  /** Names; null: all. */
  readonly roles: readonly string[] | null;
  readonly help: boolean;
}

export const usage = `Tidegate on one machine: Kafka, registry, ClickHouse and every role, on loopback.

  npm start           start, or resume on the data of .tidegate/
  npm run demo        the same, and publish the bundled sample and print its verdicts

  --demo              publish samples/content.jsonl and print verdicts as they come
  --roles <list>      only these, for example content,prediction,verdict,policy,deployment,warehouse
  --help              this text

Settings are environment variables: docs/generated/configuration.md
`;

/** @throws TypeError that names an unknown option */
export function parseArguments(argv: readonly string[]): StandaloneArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      demo: { type: 'boolean', default: false },
      roles: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { demo, roles, help } = values;
  const names = roles?.split(',').map((name) => name.trim());
  return { demo, help, roles: names?.filter((name) => name !== '') ?? null };
}
