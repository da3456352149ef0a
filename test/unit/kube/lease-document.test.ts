import { describe, expect, it } from '@jest/globals';
import { heldSpec, readLease, releasedSpec } from '../../../src/kube/lease-document.ts';

const metadata = { name: 'seekgate', uid: 'u', resourceVersion: '7' };
const at = { nowMs: Date.parse('2030-01-01T00:00:00.123Z'), durationSeconds: 15 };
const now = '2030-01-01T00:00:00.123000Z';
const acquireTime = '2029-12-31T00:00:00.000000Z';

describe('readLease', () => {
  it('reads who holds it', () => {
    const spec = { holderIdentity: 'one', leaseTransitions: 3, acquireTime };
    expect(readLease({ metadata, spec })).toEqual({
      holder: 'one',
      resourceVersion: '7',
      transitions: 3,
      acquireTime,
    });
  });

  it.each([undefined, null, 'x', { holderIdentity: 5, leaseTransitions: 'x', acquireTime: 1 }])(
    'takes %j for one that nobody holds',
    (spec) => {
      expect(readLease({ metadata, spec })).toMatchObject({ holder: '', transitions: 0 });
    },
  );
});

describe('heldSpec', () => {
  const held = (holder: string) => ({ holder, resourceVersion: '7', transitions: 3, acquireTime });

  it.each([
    ['made', undefined, 0, now],
    ['renewed', held('one'), 3, acquireTime],
    ['taken over', held('other'), 4, now],
    ['taken after it was given back', held(''), 4, now],
  ])('counts how often the holder changes: %s', (_name, former, leaseTransitions, acquired) => {
    expect(heldSpec('one', former, at)).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      acquireTime: acquired,
      renewTime: now,
      leaseTransitions,
    });
  });
});

describe('releasedSpec', () => {
  it('names no holder', () => {
    expect(releasedSpec(at.nowMs)).toEqual({
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: now,
    });
  });
});
