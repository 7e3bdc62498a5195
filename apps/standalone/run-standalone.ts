import type { Environment } from '#platform/config';
import type { Lifecycle, RoleDefinition } from '#platform/role';
import type { Logger } from '#platform/telemetry';
import { createPaint, type Paint } from '#platform/terminal';
import { printVerdicts, publishSample } from './demo.js';
import { startStandalone, type Standalone } from './standalone.js';

/** Starts everything, tells a person what to do with it, and in the demo shows verdicts as they come. */
export async function runStandalone(options: {
  readonly environment: Environment;
  readonly demo: boolean;
  readonly roles: readonly RoleDefinition[];
  readonly log: string;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}): Promise<void> {
  const { lifecycle, demo } = options;
  const began = performance.now();
  const paint = createPaint(process.stdout.isTTY);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const report = (line: string) => print(paint('grey', `  ${line}`));
  print(paint('bold', 'Tidegate starts'));
  lifecycle.onStop('farewell', () => {
    print('stopped; a second start resumes');
    return Promise.resolve();
  });
  try {
    const standalone = await startStandalone({ ...options, report });
    for (const line of welcome(standalone, options.log, paint, (performance.now() - began) / 1000)) print(line);
    if (!demo) return;
    const stopping = new AbortController();
    lifecycle.onStop('demo', () => {
      stopping.abort();
      return Promise.resolve();
    });
    const { connections } = standalone;
    printVerdicts({ connections, paint, print, signal: stopping.signal }).catch(lifecycle.fail);
    const count = await publishSample(connections, stopping.signal);
    print(paint('grey', `  ${count} samples published; verdicts of your own texts follow here. Ctrl-C stops.`));
  } catch (error) {
    lifecycle.fail(error);
  }
}

function welcome(
  { config, gatewayUrl, demoKey, consoleUrl, consoleSignIn }: Standalone,
  log: string,
  paint: Paint,
  seconds: number,
): readonly string[] {
  const { clickhouse, kafka, channels } = config;
  const text = `{"platform":"demo","contentId":"hello-1","text":"see you at the harbour"}`;
  const query = `SELECT channel, action, content_id FROM ${clickhouse.database}.verdicts ORDER BY issued_at DESC LIMIT 5`;
  const gateway = [
    `  publish     curl -s ${gatewayUrl ?? ''}/v1/content -H 'content-type: application/json' -d '${text}'`,
    `  read        curl -s ${gatewayUrl ?? ''}/v1/content/hello-1/verdicts`,
    `  browse      ${gatewayUrl ?? ''}/docs`,
    `  key         ${demoKey}   of the platform "demo"; calls from this machine need none`,
  ];
  const signIn =
    consoleSignIn === null ? '' : `   as ${consoleSignIn.name}, one-time password ${consoleSignIn.password}`;
  return [
    '',
    paint('bold', `Ready after ${seconds.toFixed(1)} s`),
    ...(gatewayUrl === null ? [] : gateway),
    `  query       curl -s ${clickhouse.url} --data "${query} FORMAT PrettyCompact"`,
    `  subscribe   topics ${channels.map((channel) => `${kafka.prefix === '' ? '' : `${kafka.prefix}.`}verdict.${channel}`).join(', ')} on ${kafka.brokers.join(',')}`,
    ...(consoleUrl === null ? [] : [`  console     ${consoleUrl}${signIn}`]),
    paint('grey', `  log         ${log}`),
    '',
  ];
}
