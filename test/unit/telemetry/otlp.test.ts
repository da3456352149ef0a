import { afterEach, expect, test } from '@jest/globals';

import { systemClock } from '../../../src/base/clock.ts';
import { createLogger } from '../../../src/base/log.ts';
import { otlpSettings } from '../../../src/config/otlp-settings.ts';
import { createModelMeter } from '../../../src/dataplane/model-meter.ts';
import { createOtlp, type Otlp } from '../../../src/telemetry/otlp.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { table, virtualHost } from '../../support/gateway.ts';
import { ended } from '../../support/model-end.ts';
import { startOtlpCollector, type OtlpCollector } from '../../support/otlp-collector.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function collector(status: number): Promise<OtlpCollector> {
  const started = await startOtlpCollector(status);
  closers.push(started.close);
  return started;
}

function send(url: string): { readonly otlp: Otlp; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const meter = createModelMeter();
  const settings = otlpSettings(url, {});
  if (settings === undefined) throw new Error('nothing is sent');
  const otlp = createOtlp({
    otlp: settings,
    version: '1.2.3',
    families: meter.families,
    clock: systemClock,
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
  });
  meter.ended(ended());
  const span = otlp.tracing?.begin({ rawHeaders: [], method: 'POST', startedMs: 1 });
  const exchange = exchangeFor(table(virtualHost()));
  const end = { status: 200, aborted: false, durationMs: 1, model: undefined };
  span?.end({ exchange, cluster: '', ...end });
  return { otlp, lines };
}

test('sends what there is when it stops', async () => {
  const { url, exports } = await collector(200);
  const { otlp, lines } = send(url);
  await otlp.stop();
  expect(exports.map((one) => one.url).toSorted()).toEqual(['/v1/metrics', '/v1/traces']);
  for (const { body } of exports) expect(body.toString('latin1')).toContain('seekgate');
  const metrics = exports.find((one) => one.url === '/v1/metrics')?.body.toString('latin1');
  expect(metrics).toContain('gen_ai.client.token.usage');
  expect(metrics).toContain('1.2.3');
  expect(lines).toEqual([]);
});

test('says once that a collector does not take it, and stops all the same', async () => {
  const { url } = await collector(400);
  const { otlp, lines } = send(url);
  await otlp.stop();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"msg":"telemetry not sent"');
});
