import { describe, expect, it } from '@jest/globals';
import { deepFreeze } from '../../../src/base/deep-freeze.ts';

describe('deepFreeze', () => {
  it('gives back the value itself, frozen to its leaves', () => {
    const value = { routes: [{ name: 'a', matcher: { prefix: '/' } }] };
    const frozen = deepFreeze(value);
    expect(frozen).toBe(value);
    expect(() => value.routes.push({ name: 'b', matcher: { prefix: '/' } })).toThrow(TypeError);
    expect(() => Object.assign(value.routes[0] ?? {}, { name: 'b' })).toThrow(TypeError);
    expect(Object.isFrozen(value.routes[0]?.matcher)).toBe(true);
  });

  it('ends where something refers to itself', () => {
    const value: { self?: object } = {};
    value.self = value;
    expect(Object.isFrozen(deepFreeze(value))).toBe(true);
  });

  it.each([[null], [undefined], ['text'], [1]])('leaves %p as it is', (value) => {
    expect(deepFreeze(value)).toBe(value);
  });
});
