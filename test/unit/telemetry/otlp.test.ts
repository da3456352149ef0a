import { afterEach, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { systemClock } from '../../../src/base/clock.ts';
import { createLogger } from '../../../src/base/log.ts';
import { otlpSettings } from '../../../src/config/otlp-settings.ts';
import { createModelMeter } from '../../../src/dataplane/model-meter.ts';
import { createOtlp, type Otlp } from '../../../src/telemetry/otlp.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { table, virtualHost } from '../../support/gateway.ts';
import { ended } from '../../support/model-end.ts';

interface Sent {
  readonly url: string;
  readonly text: string;
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function collector(status: number) {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ url: request.url ?? '', text: Buffer.concat(chunks).toString('latin1') });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { sent, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
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
  const { url, sent } = await collector(200);
  const { otlp, lines } = send(url);
  await otlp.stop();
  expect(sent.map((one) => one.url).toSorted()).toEqual(['/v1/metrics', '/v1/traces']);
  for (const { text } of sent) expect(text).toContain('seekgate');
  const metrics = sent.find((one) => one.url === '/v1/metrics')?.text;
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
