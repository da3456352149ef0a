import { describe, expect, it } from '@jest/globals';

import { bodyLimit, routeBodyLimit } from '../../../src/compile/body-limit.ts';
import { createFindings } from '../../../src/compile/findings.ts';

describe('bodyLimit', () => {
  it('takes what is written, up to what fits into memory', () => {
    const findings = createFindings();
    expect(bodyLimit({ maxRequestBytes: 67_108_864 }, 'buffer', findings)).toBe(67_108_864);
    expect(findings.list).toEqual([]);
    expect(bodyLimit({ maxRequestBytes: 67_108_865 }, 'buffer', findings)).toBe(67_108_864);
    expect(findings.list).toMatchObject([{ severity: 'warning', path: 'buffer.maxRequestBytes' }]);
  });
});

describe('routeBodyLimit', () => {
  it.each([
    [{ disabled: true }, 0],
    [{ buffer: { maxRequestBytes: 5 } }, 5],
    [{ disabled: false }, undefined],
    [{}, undefined],
  ])('%j is %s', (written, expected) => {
    expect(routeBodyLimit(written, 'at', createFindings())).toBe(expected);
  });
});
