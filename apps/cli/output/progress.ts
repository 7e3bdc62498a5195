import { Presets, SingleBar } from 'cli-progress';

/** A bar on standard error while a person looks at it; nothing in a pipe, where each step is one line. */
export interface Progress {
  readonly report: (step: string, done: number, total: number) => void;
  readonly end: () => void;
}

export function createProgress(): Progress {
  let last = '';
  if (!process.stderr.isTTY) {
    return {
      report: (step) => {
        if (step !== last) process.stderr.write(`${step}\n`);
        last = step;
      },
      end: () => undefined,
    };
  }
  const bar = new SingleBar({ format: '{bar} {percentage}%  {step}', stream: process.stderr }, Presets.shades_classic);
  bar.start(1, 0, { step: '' });
  return {
    report: (step, done, total) => {
      bar.setTotal(total);
      bar.update(done, { step });
    },
    end: () => {
      bar.stop();
    },
  };
}
