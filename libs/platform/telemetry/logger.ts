import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Logs events, not sentences: `log.info({ event: 'batch_written', stage, count })`. Text of content never enters. */
export function createLogger(options: {
  readonly stage: string;
  readonly level: string;
  readonly file?: string;
}): Logger {
  const settings = { level: options.level, base: { stage: options.stage }, timestamp: pino.stdTimeFunctions.isoTime };
  return options.file === undefined
    ? pino(settings)
    : pino(settings, pino.destination({ dest: options.file, mkdir: true, sync: true }));
}
