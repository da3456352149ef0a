import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const removing = (name: string) => ({ headerManipulation: { requestHeadersToRemove: [name] } });

describe('what is done to the traffic of a route', () => {
  it('is the same object of the virtual host on all routes', async () => {
    const compiled = await compileYaml(
      echo +
        withSpec('VirtualService', 'web', {
          virtualHost: {
            options: removing('x-h'),
            routes: [toEcho, { ...toEcho, options: removing('x-r') }],
          },
        }),
    );
    const first = compiled.route('web').headers;
    const second = compiled.route('web', 1).headers;
    expect(first).toEqual([{ request: { remove: ['x-h'], add: [] } }]);
    expect(second?.[0]).toEqual({ request: { remove: ['x-r'], add: [] } });
    expect(second?.[1]).toBe(first?.[0]);
  });

  it('is told where it is written: in options kept apart, and those alone', async () => {
    const compiled = await compileYaml(
      echo +
        withSpec('RouteOption', 'opt', { options: removing(':path') }) +
        withSpec('VirtualHostOption', 'hostopt', { options: { cors: { allowMethods: ['GET'] } } }) +
        withSpec('RouteOption', 'rewrite', { options: { hostRewrite: 'a b' } }),
    );
    expect(compiled.findings('RouteOption/opt')).toEqual([
      'error InvalidValue spec.options.headerManipulation.requestHeadersToRemove[0]',
    ]);
    expect(compiled.findings('VirtualHostOption/hostopt')).toEqual([
      'error MissingField spec.options.cors',
    ]);
    expect(compiled.findings('RouteOption/rewrite')).toEqual([
      'error InvalidRoute spec.options.hostRewrite',
    ]);
  });
});
