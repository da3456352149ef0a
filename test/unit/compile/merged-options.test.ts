import { describe, expect, it } from '@jest/globals';
import type { RouteOptions } from '../../../src/api/options.ts';
import { hasOption, mergeOptions } from '../../../src/compile/merged-options.ts';

const layersOf = (...values: RouteOptions[]) =>
  values.map((value, index) => ({ value, path: `layer${index}` }));
const rbac = { policies: { p: {} } };

describe('mergeOptions', () => {
  it.each<[string, RouteOptions[], RouteOptions]>([
    ['nothing', [], {}],
    ['the first has it', [{ timeout: '1s' }, { timeout: '2s' }], { timeout: '1s' }],
    [
      'each has something',
      [{ timeout: '1s' }, { prefixRewrite: '/' }],
      { timeout: '1s', prefixRewrite: '/' },
    ],
    ['a field as a whole', [{ rbac: { disable: true } }, { rbac }], { rbac: { disable: true } }],
    ['an empty object is set', [{ rbac: {} }, { rbac }], { rbac: {} }],
    ['an empty text is not', [{ hostRewrite: '' }, { hostRewrite: 'a' }], { hostRewrite: 'a' }],
    ['false is not', [{ waf: false }, { waf: {} }], { waf: {} }],
    ['an empty list is not', [{ tracing: [] }, { tracing: {} }], { tracing: {} }],
    [
      'zeros of nullable wrappers are',
      [{ prefixRewrite: '' }, { prefixRewrite: '/a' }],
      { prefixRewrite: '' },
    ],
    [
      'jwt in all its forms is one field',
      [{ jwtStaged: {} }, { jwtProvidersStaged: { afterExtAuth: {} } }, { jwt: { disable: true } }],
      { jwtStaged: {} },
    ],
    [
      'so is the new host',
      [{ autoHostRewrite: true }, { hostRewrite: 'a' }],
      { autoHostRewrite: true },
    ],
  ])('%s', (_title, values, expected) => {
    expect(mergeOptions(layersOf(...values)).value).toEqual(expected);
  });

  it('knows where a field comes from, by any name of its group', () => {
    const layers = layersOf({ timeout: '1s' }, { jwtStaged: {} }, { jwt: {} });
    const { layerOf } = mergeOptions(layers);
    expect(layerOf('timeout')).toBe(layers[0]);
    expect(layerOf('jwtProvidersStaged')).toBe(layers[1]);
    expect(layerOf('rbac')).toBeUndefined();
  });

  it('tells whether options have a field', () => {
    expect(hasOption({ jwtStaged: {} }, 'jwt')).toBe(true);
    expect(hasOption({ rbac: {} }, 'jwt')).toBe(false);
    expect(hasOption({ waf: false }, 'waf')).toBe(false);
  });
});
