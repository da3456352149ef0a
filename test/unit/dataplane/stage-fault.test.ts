import { expect, test } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import { decide } from '../../../src/dataplane/pipeline.ts';
import { faultStage } from '../../../src/dataplane/stage-fault.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { requireToken, route, table, virtualHost } from '../../support/gateway.ts';

test('an explanation neither waits nor leaves anything to chance', async () => {
  const fault = {
    delay: { percentage: 100, delayMs: 3_600_000 },
    abort: { percentage: 50, status: 503 },
  };
  const exchange = exchangeFor(
    table(virtualHost({ routes: [route({ fault, jwt: requireToken })] })),
  );
  exchange.trace = new Trace();
  exchange.isQuestion = true;
  expect(await decide(exchange)).toMatchObject({ status: 401 });
  expect(exchange.trace.steps.find(({ stage }) => stage === 'fault')?.notes).toEqual([
    '100 % of the requests wait 3600000 ms first',
    '50 % of the requests are answered with 503',
  ]);
});

test('faults come before tokens, and there are none by default', async () => {
  const fault = { abort: { percentage: 100, status: 418 } };
  const faulty = table(virtualHost({ routes: [route({ fault, jwt: requireToken })] }));
  expect(await decide(exchangeFor(faulty))).toMatchObject({ status: 418, reason: 'fault' });
  expect(faultStage(exchangeFor(table(virtualHost())))).toBeUndefined();
});
