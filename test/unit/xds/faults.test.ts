import { expect, it } from '@jest/globals';
import { faultFilterName, faultPolicy } from '../../../src/xds/faults.ts';
import { envoyListener } from '../../../src/xds/envoy-listener.ts';
import { host, route, translationOf } from '../../support/envoy-table.ts';

const fault = {
  delay: { percentage: 0.25, delayMs: 1500 },
  abort: { percentage: 100, status: 503 },
};

it('counts in millionths', () => {
  expect(faultPolicy(fault)).toMatchObject({
    delay: { percentage: { numerator: 2500, denominator: 'MILLION' }, fixed_delay: '1.5s' },
    abort: { percentage: { numerator: 1_000_000, denominator: 'MILLION' }, http_status: 503 },
  });
  expect(Object.keys(faultPolicy({}))).toEqual(['@type']);
});

it('comes before the verification of tokens', () => {
  const translation = translationOf({ host: host({ routes: [route({ fault })] }) });
  const [listener] = translation.table.listeners;
  if (!listener) throw new Error('no listener');
  const text = JSON.stringify(envoyListener(listener, '::', translation));
  expect(text.indexOf(`"http_filters":[{"name":"${faultFilterName}"`)).toBeGreaterThan(0);
});
