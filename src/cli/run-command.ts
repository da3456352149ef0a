import { createApp, type App, type AppOptions } from '../app.ts';
import { systemClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { createBufferedOutput, createLogger, type Logger } from '../base/log.ts';
import { keepHeapSmall } from '../base/small-heap.ts';
import { otlpSettings } from '../config/otlp-settings.ts';
import type { ProcessSettings } from '../config/process-settings.ts';
import { readSettings } from '../config/read-settings.ts';
import { settingsUsage } from '../config/settings-reference.ts';
import type { ControlReport } from '../control/loop.ts';
import type { Command } from './command.ts';
import { programVersion } from './program-version.ts';

/** `seekgate run`: the gateway, until it is asked to stop. */
export const runCommand: Command = {
  summary: 'serve the manifests of a folder or of a cluster, and watch them',
  usage: `seekgate run --files DIR… [flags]
seekgate run --kube [flags]

Serves the manifests in folders and files, or the resources of a Kubernetes cluster, and whatever
becomes of them while it runs. The log goes to standard output, one JSON object per line. SIGTERM
and SIGINT let requests end first.

${settingsUsage()}
Every flag can be given as an environment variable: --http-port is SEEKGATE_HTTP_PORT.
`,
  run: async (args, io) => {
    const settings = readSettings(args);
    const output = createBufferedOutput(systemClock);
    const logger = createLogger(settings.logLevel, output.stream);
    const accessLogger = createLogger('info', output.stream);
    const version = programVersion();
    const telemetry = await telemetryOf(settings, version, logger);
    const app = createApp({ settings, version, logger, accessLogger, telemetry });
    try {
      return await serve(app, logger, io.signal);
    } finally {
      await app.stop();
      logger.info('gateway stopped');
      await output.end();
    }
  },
};

/** Its modules are loaded only where it is asked for. */
async function telemetryOf(
  settings: ProcessSettings,
  version: string,
  logger: Logger,
): Promise<AppOptions['telemetry']> {
  const otlp = otlpSettings(settings.otlpEndpoint);
  if (otlp === undefined) return undefined;
  const { createOtlp } = await import('../telemetry/otlp.ts');
  return (families) => createOtlp({ otlp, version, families, clock: systemClock, logger });
}

/** Resolves with the exit code once the signal aborts; an error as its reason is an exception that nothing caught. */
async function serve(app: App, logger: Logger, signal: AbortSignal): Promise<number> {
  const aborted = whenAborted(signal);
  const release = keepHeapSmall();
  const report = await Promise.race([app.start(), aborted]).finally(release);
  if (report) {
    failWithoutListener(report);
    logger.info({ version: programVersion(), ports: app.ports() }, 'gateway started');
  }
  await aborted;
  if (signal.reason instanceof Error) {
    app.unready('an unexpected error occurred');
    logger.fatal({ err: signal.reason }, 'uncaught exception');
    return 1;
  }
  logger.info({ signal: String(signal.reason) }, 'gateway stopping');
  return 0;
}

/** A port in use at the start is a mistake of the command line; later on it may pass. */
function failWithoutListener({ result, listenerFailures }: ControlReport): void {
  const { listeners } = result.table;
  if (listeners.length === 0 || listenerFailures.length < listeners.length) return;
  throw new AppError('ERR_LISTEN', listenerFailures.map(({ message }) => message).join('; '));
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
