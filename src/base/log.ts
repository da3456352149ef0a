import { pino, type DestinationStream, type Logger } from 'pino';
import type { Clock } from './clock.ts';

export type { Logger } from 'pino';

/** Levels a logger can be set to; `silent` writes nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines with an ISO time; messages are constant and lower-case, everything variable is a key. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Standard output for a busy log: lines are written in batches, 100 ms late at most. */
export interface BufferedOutput {
  readonly stream: DestinationStream;
  /** Writes what is left, in order; resolves when it is written, or after a second if nobody reads. Nothing may be logged after it. */
  readonly end: () => Promise<void>;
}

/** Lines that wait for a reader who does not read; what is beyond it is lost, and the gateway serves on. */
const waitingBytes = 16 * 1024 * 1024;
const endWithinMs = 1_000;

/** A write per line would cost more than many a request; pino takes no more than 16,383 bytes at once. */
export function createBufferedOutput(clock: Clock, fd = 1): BufferedOutput {
  const stream = pino.destination({
    dest: fd,
    sync: false,
    minLength: 16_383,
    maxLength: waitingBytes,
    periodicFlush: 100,
  });
  // A log that cannot be written (reader gone, disk full) does not end the gateway; the next batch tries again.
  let failed = false;
  stream.on('error', () => (failed = true));
  return { stream, end: () => ended(stream, clock, failed) };
}

/** Not `flushSync`: that overtakes a batch which is being written, and the process would end before it. */
function ended(
  stream: ReturnType<typeof pino.destination>,
  clock: Clock,
  failed: boolean,
): Promise<void> {
  // What is left is given up, or pino tries for ever when the process exits.
  if (failed) stream.destroy();
  if (failed) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(endWithinMs, resolve);
    const done = (): void => {
      cancel();
      resolve();
    };
    stream.once('close', done);
    stream.once('error', () => {
      stream.destroy();
      done();
    });
    stream.end();
  });
}
