import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

interface Envelope {
  readonly id: number;
  readonly body: unknown;
}

interface Reply extends Envelope {
  readonly error?: string;
}

/** A module of this folder that runs as a process of its own and answers commands. */
export interface Child<Command, Answer> {
  readonly pid: number;
  ask(command: Command): Promise<Answer>;
  end(): Promise<void>;
}

export function startChild<Command, Answer>(module: string): Child<Command, Answer> {
  const child = fork(path.join(import.meta.dirname, `${module}.js`), { env: {}, serialization: 'advanced' });
  const waiting = new Map<number, { resolve: (body: Answer) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  const exit = once(child, 'exit');
  child.on('message', (message) => {
    const { id, body, error } = message as Reply;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(body as Answer);
    else asked?.reject(new Error(`${module}: ${error}`));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${module} ended with ${code ?? signal ?? 'nothing'}`));
  });
  return {
    pid: child.pid ?? 0,
    ask: (command) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        child.send({ id, body: command } satisfies Envelope);
      }),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** The other end: answers each command of the parent, and ends with it. */
export function answerParent(answer: (command: never) => Promise<unknown>): void {
  process.on('message', (message) => {
    const { id, body } = message as Envelope;
    answer(body as never).then(
      (reply) => process.send?.({ id, body: reply } satisfies Reply),
      (error: unknown) =>
        process.send?.({ id, body: null, error: error instanceof Error ? error.message : 'failed' } satisfies Reply),
    );
  });
  process.on('disconnect', () => {
    process.exit(0);
  });
}
