import { pino, type DestinationStream, type Logger } from 'pino';

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
  /** Writes what is left; to be called before the process ends. */
  readonly flush: () => void;
}

/** Lines that wait for a reader who does not read; what is beyond it is lost, and the gateway serves on. */
const waitingBytes = 16 * 1024 * 1024;

/** A write per line would cost more than many a request; pino takes no more than 16,383 bytes at once. */
export function createBufferedOutput(): BufferedOutput {
  const stream = pino.destination({
    dest: 1,
    sync: false,
    minLength: 16_383,
    maxLength: waitingBytes,
    periodicFlush: 100,
  });
  return { stream, flush: () => stream.flushSync() };
}
