import { describe, expect, it } from '@jest/globals';

import { bufferFilter, bufferPerRoute } from '../../../src/xds/buffer-filter.ts';
import { route } from '../../support/envoy-table.ts';
import { listener } from '../../support/gateway.ts';

describe('bufferFilter', () => {
  it('is there where a bound is', () => {
    expect(bufferFilter(listener())).toEqual([]);
    expect(bufferFilter(listener({ maxBodyBytes: 9 }))).toMatchObject([
      { typed_config: { max_request_bytes: 9 } },
    ]);
  });
});

describe('bufferPerRoute', () => {
  it.each([
    [undefined, []],
    [0, [{ disabled: true }]],
    [5, [{ buffer: { max_request_bytes: 5 } }]],
  ])('of %s', (maxBodyBytes, expected) => {
    const found = bufferPerRoute(route(maxBodyBytes === undefined ? {} : { maxBodyBytes }));
    expect(found.map(([, config]) => config)).toMatchObject(expected);
  });
});
