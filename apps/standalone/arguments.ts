import { parseArgs } from 'node:util';

export interface StandaloneArguments {
  readonly demo: boolean;
  readonly help: boolean;
}

export const usage = `Tidegate on one machine: Kafka, registry, ClickHouse and every role, on loopback.

  npm start           start, or resume on the data of .tidegate/
  npm run demo        the same, and publish the bundled sample and print its verdicts

  --demo              publish samples/content.jsonl and print verdicts as they come
  --help              this text

Settings are environment variables: docs/generated/configuration.md
`;

/** @throws TypeError that names an unknown option */
export function parseArguments(argv: readonly string[]): StandaloneArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { demo: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  return values;
}
