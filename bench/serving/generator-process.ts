import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaBroker, createRegistrySerde } from '#platform/kafka';
import type { Broker } from '#platform/stream';
import { answerParent } from './child.js';
import { createContentPress, type ContentPress } from './contents.js';
import { quiet } from './quiet.js';
import { readTexts, type TextsOptions } from './texts.js';

export type GeneratorCommand =
  | { readonly kind: 'prepare'; readonly brokers: string; readonly registryUrl: string; readonly texts: TextsOptions }
  /** Publishes as fast as the broker takes it, and answers when all is acknowledged. */
  | { readonly kind: 'burst'; readonly contents: number }
  /** Publishes at a pace until `stop`, and answers at once. */
  | { readonly kind: 'pace'; readonly rate: number }
  | { readonly kind: 'stop' };

/** Contents published by the command, in how many seconds. */
export interface GeneratorAnswer {
  readonly contents: number;
  readonly seconds: number;
}

/** As long as a platform's producer lingers. */
const TICK_MS = 20;
const MOST_AT_ONCE = 2_000;
const NOTHING: GeneratorAnswer = { contents: 0, seconds: 0 };

let broker: Broker | null = null;
let press: ContentPress | null = null;
let sequence = 0;
let pacing: { readonly stop: AbortController; readonly done: Promise<GeneratorAnswer> } | null = null;

/** @param timeOf submission of the n-th of these contents, milliseconds */
async function publish(count: number, timeOf: (n: number) => number): Promise<void> {
  const make = press;
  if (broker === null || make === null) throw new Error('prepare comes first');
  for (let from = 0; from < count; from += MOST_AT_ONCE) {
    const size = Math.min(MOST_AT_ONCE, count - from);
    const records = Array.from({ length: size }, (_, n) => make(sequence + n, Math.floor(timeOf(from + n))));
    sequence += size;
    await broker.flow.publish(records);
  }
}

/**
 * Each content has its moment, whether or not the broker keeps up, and carries that moment: a generator that waits for a slow system
 * would hide its latency.
 */
async function pace(rate: number, stop: AbortSignal): Promise<GeneratorAnswer> {
  const began = performance.now();
  const beganAt = Date.now();
  let contents = 0;
  while (!stop.aborted) {
    const tick = performance.now();
    const due = Math.floor((rate * (tick - began)) / 1000) - contents;
    if (due > 0) await publish(due, (n) => beganAt + (1000 * (contents + n)) / rate);
    contents += Math.max(0, due);
    await sleep(Math.max(0, TICK_MS - (performance.now() - tick)));
  }
  return { contents, seconds: (performance.now() - began) / 1000 };
}

answerParent(async (command: GeneratorCommand): Promise<GeneratorAnswer> => {
  switch (command.kind) {
    case 'prepare': {
      const serde = createRegistrySerde({ url: command.registryUrl, prefix: '' });
      await serde.prepare(['content.submitted']);
      press = createContentPress(serde, readTexts(command.texts).texts);
      broker = createKafkaBroker({
        brokers: [command.brokers],
        clientId: 'bench-generator',
        prefix: '',
        release: 'bench',
        logger: quiet,
      });
      return NOTHING;
    }
    case 'burst': {
      const began = performance.now();
      await publish(command.contents, () => Date.now());
      return { contents: command.contents, seconds: (performance.now() - began) / 1000 };
    }
    case 'pace': {
      if (pacing !== null) throw new Error('a pace is kept already');
      const stop = new AbortController();
      const done = pace(command.rate, stop.signal);
      // Awaited at the stop, which reports a failure.
      done.catch(() => undefined);
      pacing = { stop, done };
      return NOTHING;
    }
    case 'stop': {
      if (pacing === null) return NOTHING;
      const { stop, done } = pacing;
      pacing = null;
      stop.abort();
      return await done;
    }
  }
});
