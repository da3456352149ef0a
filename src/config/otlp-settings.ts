import { AppError } from '../base/errors.ts';

/** Where telemetry is sent, and how much of it. */
export interface OtlpSettings {
  /** URL of each; absent: it is not sent. */
  readonly traces?: string;
  readonly metrics?: string;
  readonly metricIntervalMs: number;
  readonly sampling: TraceSampling;
}

export interface TraceSampling {
  /** A trace that a client began is kept as the client says. */
  readonly byParent: boolean;
  /** Of the others, 0 to 1. */
  readonly ratio: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultMetricIntervalMs = 60_000;

/** Reads the variables that OpenTelemetry gives names; undefined: nothing is sent. Headers and certificates are read by its exporters. */
export function otlpSettings(
  endpoint: string | undefined,
  environment: Environment = process.env,
): OtlpSettings | undefined {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const traces = urlOf('TRACES', endpoint, environment);
  const metrics = urlOf('METRICS', endpoint, environment);
  if (traces === undefined && metrics === undefined) return undefined;
  checkProtocol(environment);
  return {
    ...(traces === undefined ? {} : { traces }),
    ...(metrics === undefined ? {} : { metrics }),
    metricIntervalMs:
      numberIn('OTEL_METRIC_EXPORT_INTERVAL', environment, 2 ** 31) ?? defaultMetricIntervalMs,
    sampling: samplingOf(environment),
  };
}

/** A flag wins over variables; that of a signal is the whole URL, the common one its beginning. */
function urlOf(
  signal: 'TRACES' | 'METRICS',
  flag: string | undefined,
  environment: Environment,
): string | undefined {
  if (environment[`OTEL_${signal}_EXPORTER`] === 'none') return undefined;
  const name = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`;
  const own = environment[name] ?? '';
  if (flag === undefined && own !== '') return checkedUrl(own, name);
  const common = flag ?? environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (common === '') return undefined;
  const source = flag === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : '--otlp-endpoint';
  const url = checkedUrl(common, source);
  return `${url.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`;
}

function checkedUrl(text: string, source: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw refused(source, 'a text that is no such URL', 'a URL with http or https');
}

function checkProtocol(environment: Environment): void {
  const names = ['', '_TRACES', '_METRICS'].map((signal) => `OTEL_EXPORTER_OTLP${signal}_PROTOCOL`);
  for (const name of names) {
    const found = environment[name] ?? '';
    if (found !== '' && found !== 'http/protobuf') throw refused(name, found, 'http/protobuf');
  }
}

function samplingOf(environment: Environment): TraceSampling {
  const found = environment['OTEL_TRACES_SAMPLER'] ?? '';
  const name = found === '' ? 'parentbased_always_on' : found;
  const byParent = name.startsWith('parentbased_');
  switch (name.replace('parentbased_', '')) {
    case 'always_on':
      return { byParent, ratio: 1 };
    case 'always_off':
      return { byParent, ratio: 0 };
    case 'traceidratio':
      return { byParent, ratio: numberIn('OTEL_TRACES_SAMPLER_ARG', environment, 1) ?? 1 };
    default:
      throw refused(
        'OTEL_TRACES_SAMPLER',
        name,
        'always_on, always_off or traceidratio, alone or behind parentbased_',
      );
  }
}

function numberIn(name: string, environment: Environment, maximum: number): number | undefined {
  const text = environment[name] ?? '';
  if (text === '') return undefined;
  const value = Number(text);
  if (value >= 0 && value <= maximum) return value;
  throw refused(name, text, `a number from 0 to ${maximum}`);
}

function refused(source: string, found: string, accepted: string): AppError {
  const code = source.startsWith('--') ? 'ERR_USAGE' : 'ERR_SETTING';
  return new AppError(code, `${source}: found ${found}, accepted ${accepted}`);
}
