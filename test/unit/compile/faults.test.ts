import { expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const compiled = (faults: object) =>
  compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: { routes: [{ ...toEcho, options: { faults } }] },
      }),
  );

it.each([
  [{}, undefined],
  [{ abort: { httpStatus: 503 } }, undefined],
  [{ abort: { percentage: 0.5, httpStatus: 503 } }, { abort: { percentage: 0.5, status: 503 } }],
  [
    { delay: { percentage: 100, fixedDelay: '1.5s' }, abort: { percentage: 0, httpStatus: 503 } },
    { delay: { percentage: 100, delayMs: 1500 } },
  ],
])('faults %j', async (faults, policy) => {
  expect((await compiled(faults)).route('web').fault).toEqual(policy);
});

it('refuses a delay of nothing', async () => {
  const result = await compiled({ delay: { percentage: 1, fixedDelay: '0s' } });
  expect(result.findings('VirtualService/web')).toEqual([
    'error InvalidValue spec.virtualHost.routes[0].options.faults.delay.fixedDelay',
  ]);
});
