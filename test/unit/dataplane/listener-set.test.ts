import { afterEach, expect, test } from '@jest/globals';

import { createScope, listener, program, table, virtualHost } from '../../support/gateway.ts';

const scope = createScope();

afterEach(scope.close);

const named = (...names: string[]) =>
  program({ ...table(virtualHost()), listeners: names.map((name) => listener({ name })) });

test('brings the open ports to what was published last, whoever waits', async () => {
  const { dataPlane } = await scope.gateway(table(virtualHost()));
  const results = await Promise.all([
    dataPlane.swap(named('a')),
    dataPlane.swap(named('b', 'c')),
    dataPlane.swap(named('c')),
  ]);
  expect(results).toEqual([[], [], []]);
  expect(Object.keys(dataPlane.ports())).toEqual(['c']);
});
