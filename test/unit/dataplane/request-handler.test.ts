import { afterEach, describe, expect, test } from '@jest/globals';

import {
  createScope,
  program,
  requireToken,
  route,
  table,
  virtualHost,
} from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const guarded = table(virtualHost({ routes: [route({ jwt: requireToken })] }));
const ask = (url: string, token: string): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } });

describe('createRequestHandler', () => {
  test('takes the program once: what a request waits for does not change it', async () => {
    const gateway = await scope.gateway(guarded);
    const used = program(guarded);
    let users = 0;
    const counted = {
      ...used,
      enter: () => void (users += 1),
      leave: () => void (users -= 1),
      retire: () => undefined,
    };
    await gateway.dataPlane.swap(counted);
    const pending = ask(gateway.url(), 'later:ann');
    expect((await pending).status).toBe(503);
    await gateway.nextLine();
    expect(users).toBe(0);
  });

  test('an error while deciding is 500 without a word of its cause', async () => {
    const gateway = await scope.gateway(guarded);
    const response = await ask(gateway.url(), 'throw:x');
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(await gateway.nextLine()).toMatchObject({
      reason: 'internal',
      detail: 'verifier broke',
    });
  });
});
