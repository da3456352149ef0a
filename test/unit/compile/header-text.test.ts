import { describe, expect, it } from '@jest/globals';
import { createFindings } from '../../../src/compile/findings.ts';
import {
  checkName,
  isHeaderName,
  isHeaderText,
  isHopByHop,
} from '../../../src/compile/header-text.ts';

describe('texts of headers', () => {
  it.each([
    ['', true],
    ['a', true],
    ['a b\tc', true],
    [' a', false],
    ['a ', false],
    ['a\r\nb', false],
    ['é', false],
    ['\u0000', false],
  ])('value %j: %s', (text, good) => {
    expect(isHeaderText(text)).toBe(good);
  });

  it.each([
    ['x-a_1', true],
    ['', false],
    ['a b', false],
    ['a:', false],
    ['é', false],
  ])('name %j: %s', (name, good) => {
    expect(isHeaderName(name)).toBe(good);
  });

  it.each(['x-a', 'authorization', 'set-cookie'])('%s may be changed', (name) => {
    const findings = createFindings();
    checkName(name, { path: 'p', verb: 'modified' }, { findings });
    expect(findings.list).toEqual([]);
  });

  it.each([
    [':path', ": -prefixed or host headers may not be modified. Received ':path' header"],
    ['host', ": -prefixed or host headers may not be modified. Received 'host' header"],
    ['content-length', undefined],
    ['transfer-encoding', undefined],
    ['connection', undefined],
    ['a b', undefined],
  ])('%s may not', (name, gloo) => {
    const findings = createFindings();
    checkName(name, { path: 'p', verb: 'modified' }, { findings });
    expect(findings.list).toMatchObject([{ severity: 'error', reason: 'InvalidValue', path: 'p' }]);
    expect(findings.list[0]?.gloo).toBe(gloo);
  });

  it('belongs to one connection', () => {
    const names = ['te', 'connection', 'content-length', 'x-a'].map((name) => isHopByHop(name));
    expect(names).toEqual([true, true, false, false]);
  });
});
