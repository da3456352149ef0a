import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { GatewayResponse } from '../../../src/dataplane/gateway-response.ts';

test('node makes it in place of its own response, without a call yet', async () => {
  const seen: GatewayResponse[] = [];
  const server = createServer({ ServerResponse: GatewayResponse }, (_request, response) => {
    seen.push(response);
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await answer.text()).toBe('ok');
  expect(seen[0]).toBeInstanceOf(GatewayResponse);
  expect(seen[0]).toMatchObject({ call: undefined, expectsContinue: false });
  server.closeAllConnections();
  server.close();
});
