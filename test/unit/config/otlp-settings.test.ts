import { describe, expect, test } from '@jest/globals';

import { AppError } from '../../../src/base/errors.ts';
import { otlpSettings } from '../../../src/config/otlp-settings.ts';

const url = 'http://collector:4318';
const usual = { metricIntervalMs: 60_000, sampling: { byParent: true, ratio: 1 } };
const both = { traces: `${url}/v1/traces`, metrics: `${url}/v1/metrics` };

type Environment = Readonly<Record<string, string>>;

test.each<[name: string, flag: string | undefined, environment: Environment, settings: unknown]>([
  ['nothing', undefined, {}, undefined],
  ['an empty variable', undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  ['the flag', url, {}, { ...usual, ...both }],
  ['a URL that ends in a slash', `${url}/`, {}, { ...usual, ...both }],
  ['the variable', undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: url }, { ...usual, ...both }],
  [
    'the flag and variables',
    url,
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://y' },
    { ...usual, ...both },
  ],
  [
    'the variable of one signal',
    undefined,
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://y/t' },
    { ...usual, traces: 'http://y/t' },
  ],
  [
    'a signal turned off',
    url,
    { OTEL_TRACES_EXPORTER: 'none' },
    { ...usual, metrics: both.metrics },
  ],
  [
    'both turned off',
    url,
    { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    undefined,
  ],
  ['all turned off', url, { OTEL_SDK_DISABLED: 'true' }, undefined],
  [
    'an interval',
    url,
    { OTEL_METRIC_EXPORT_INTERVAL: '1000' },
    { ...usual, ...both, metricIntervalMs: 1000 },
  ],
])('%s', (_name, flag, environment, settings) => {
  expect(otlpSettings(flag, environment)).toEqual(settings);
});

test.each([
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, { byParent: false, ratio: 1 }],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, { byParent: false, ratio: 0 }],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { byParent: true, ratio: 0 }],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, { byParent: false, ratio: 1 }],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { byParent: true, ratio: 0.25 },
  ],
])('sampling by %j', (environment, sampling) => {
  expect(otlpSettings(url, environment)).toMatchObject({ sampling });
});

describe('refuses', () => {
  test.each<[flag: string | undefined, environment: Environment, code: string, text: string]>([
    ['collector:4318', {}, 'ERR_USAGE', '--otlp-endpoint'],
    [undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://x' }, 'ERR_SETTING', 'ENDPOINT'],
    [undefined, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'x' }, 'ERR_SETTING', 'METRICS_ENDPOINT'],
    [url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'ERR_SETTING', 'http/protobuf'],
    [url, { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'ERR_SETTING', 'http/protobuf'],
    [url, { OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'ERR_SETTING', 'OTEL_TRACES_SAMPLER'],
    [
      url,
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      'ERR_SETTING',
      'from 0 to 1',
    ],
    [url, { OTEL_METRIC_EXPORT_INTERVAL: 'often' }, 'ERR_SETTING', 'INTERVAL'],
  ])('%j %j', (flag, environment, code, text) => {
    const reading = () => otlpSettings(flag, environment);
    expect(reading).toThrow(AppError);
    expect(reading).toThrow(expect.objectContaining({ code }));
    expect(reading).toThrow(text);
  });
});
