import fs from 'node:fs';
import path from 'node:path';
import { contentKey, type ContentSubmitted, type TopicName } from '#platform/contracts';
import { projectRoot } from '#platform/config';
import type { Connections } from '#platform/role';
import { createWriter } from '#platform/stream';
import { verdictLine, type Paint } from '#platform/terminal';

const SAMPLE = path.join(projectRoot, 'samples/content.jsonl');
const PAUSE_MS = 250;

/**
 * Of the demo, where the environment says nothing: windows of a minute, so that people are asked some two minutes after a content came, and
 * a fourth of the 66 samples, so that there is something to answer. Labels from such small windows say little; that is what `npm start` is for.
 */
export const demoDefaults: Readonly<Record<string, string>> = {
  SAMPLING_WINDOW_MS: '60000',
  SAMPLING_BOOTSTRAP_RATE: '0.25',
  SAMPLING_BUDGETS: 'libs/flow/sampling/demo-budgets.yaml',
};

/** Prints every verdict from now on, one line each, until the signal aborts. */
export async function printVerdicts(options: {
  readonly connections: Connections;
  readonly paint: Paint;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { connections, paint, print, signal } = options;
  const topics = connections.config.channels.map((channel) => `verdict.${channel}` as const satisfies TopicName);
  await connections.serde.prepare(topics);
  await connections.broker.journal.tail({
    topics,
    from: 'end',
    untilEnd: false,
    signal,
    onRecords: async (records) => {
      for (const record of records) {
        const [decoded] = await connections.serde.decode(record.topic as `verdict.${string}`, [record]);
        if (decoded?.ok === true) print(verdictLine(decoded.value, paint));
      }
    },
  });
}

/** Publishes the bundled sample as a platform would, a few a second, as new revisions of this moment. */
export async function publishSample(connections: Connections, signal: AbortSignal): Promise<number> {
  const writer = createWriter({ ...connections, stage: 'demo', release: 'sample' });
  await connections.serde.prepare(['content.submitted']);
  const contents = readSample(Math.floor(Date.now() / 1000));
  for (const content of contents) {
    if (signal.aborted) break;
    await writer.write([{ topic: 'content.submitted', key: contentKey(content), value: content }]);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return contents.length;
}

type Sample = Pick<ContentSubmitted, 'contentId' | 'platform' | 'text'> & Partial<ContentSubmitted>;

/** Each run of the demo is a later revision: seconds since the epoch rise, and fit 31 bits until 2038. */
function readSample(revision: number): readonly ContentSubmitted[] {
  return fs
    .readFileSync(SAMPLE, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Sample)
    .map((sample) => ({
      kind: 'POST',
      language: null,
      authorId: null,
      conversationId: null,
      metadata: {},
      ...sample,
      revision,
      submittedAt: Date.now(),
    }));
}
