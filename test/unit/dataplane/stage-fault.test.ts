import { expect, test } from '@jest/globals';

import { decide } from '../../../src/dataplane/pipeline.ts';
import { faultStage } from '../../../src/dataplane/stage-fault.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { requireToken, route, table, virtualHost } from '../../support/gateway.ts';

test('faults come before tokens, and there are none by default', async () => {
  const fault = { abort: { percentage: 100, status: 418 } };
  const faulty = table(virtualHost({ routes: [route({ fault, jwt: requireToken })] }));
  expect(await decide(exchangeFor(faulty))).toMatchObject({ status: 418, reason: 'fault' });
  expect(faultStage(exchangeFor(table(virtualHost())))).toBeUndefined();
});
