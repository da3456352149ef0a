import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

async function compiled(own: object | undefined, host: object = {}, more: object = toEcho) {
  const options = own === undefined ? {} : { options: { cors: own } };
  const routes = [{ ...more, ...options }];
  return compileYaml(
    echo + withSpec('VirtualService', 'web', { virtualHost: { routes, options: host } }),
  );
}

const a = { allowOrigin: ['https://a.test'] };

describe('compileCors', () => {
  it.each([
    ['none', undefined, {}, undefined],
    ['of the route', a, {}, { origins: ['https://a.test'], originRegexes: [] }],
    ['of the host', undefined, { cors: a }, { origins: ['https://a.test'], originRegexes: [] }],
    [
      'of both, field by field',
      { allowOriginRegex: ['b.*'], allowMethods: ['GET', 'PUT'] },
      { cors: { ...a, allowMethods: ['POST'], maxAge: '5', allowCredentials: true } },
      {
        origins: [],
        originRegexes: ['b.*'],
        allowMethods: 'GET,PUT',
        maxAge: '5',
        allowCredentials: true,
      },
    ],
    [
      'of the route alone by default',
      { ...a, exposeHeaders: ['x-r'] },
      { cors: { ...a, exposeHeaders: ['x-h'] } },
      { origins: ['https://a.test'], originRegexes: [], exposeHeaders: 'x-r' },
    ],
    [
      'of both together',
      { ...a, exposeHeaders: ['x-r', 'x-h'] },
      { cors: { ...a, exposeHeaders: ['x-h'] }, corsPolicyMergeSettings: { exposeHeaders: 1 } },
      { origins: ['https://a.test'], originRegexes: [], exposeHeaders: 'x-h,x-r' },
    ],
    ['turned off', { disableForRoute: true }, { cors: a }, undefined],
  ])('%s', async (_title, own, host, policy) => {
    const result = await compiled(own, host);
    expect(result.findings('VirtualService/web')).toEqual([]);
    expect(result.route('web').cors).toEqual(policy);
  });

  it.each([
    [{ allowMethods: ['GET'] }, 'error MissingField', 'cors'],
    [{ allowOriginRegex: ['('] }, 'error InvalidRegex', 'cors.allowOriginRegex[0]'],
    [{ ...a, allowHeaders: ['a\nb'] }, 'error InvalidValue', 'cors.allowHeaders'],
    [{ ...a, maxAge: 'é' }, 'error InvalidValue', 'cors.maxAge'],
    [
      { allowOrigin: ['*'], allowCredentials: true },
      'warning InvalidValue',
      'cors.allowCredentials',
    ],
  ])('%j: %s', async (own, finding, path) => {
    const result = await compiled(own);
    expect(result.findings('VirtualService/web')).toEqual([
      `${finding} spec.virtualHost.routes[0].options.${path}`,
    ]);
  });

  it('has no effect without an upstream', async () => {
    const result = await compiled(a, { cors: a }, { directResponseAction: { status: 200 } });
    expect(result.findings('VirtualService/web')).toEqual([
      'warning Unsupported spec.virtualHost.routes[0].options.cors',
    ]);
    expect(result.route('web')).not.toHaveProperty('cors');
  });
});
