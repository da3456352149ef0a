import { describe, expect, it } from '@jest/globals';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { createRecovery, isOutage } from '../../../src/kube/recovery.ts';

describe('recovery', () => {
  it('is told once after failures, to whoever still listens', () => {
    const recovery = createRecovery();
    let told = 0;
    const stop = recovery.onRecovered(() => (told += 1));
    recovery.succeeded();
    expect(told).toBe(0);
    recovery.failed(new KubeApiError(0, 'no answer'));
    recovery.failed(new KubeApiError(404, 'not found'));
    recovery.succeeded();
    recovery.succeeded();
    expect(told).toBe(1);
    recovery.failed(new KubeApiError(404, 'not found'));
    recovery.succeeded();
    expect(told).toBe(1);
    stop();
    recovery.failed(new KubeApiError(0, 'no answer'));
    recovery.succeeded();
    expect(told).toBe(1);
  });
});

describe('isOutage', () => {
  it.each([
    [new KubeApiError(0, 'no answer'), true],
    [new KubeApiError(503, 'no server'), true],
    [new KubeApiError(503, 'later', { retryAfterMs: 1000 }), false],
    [new KubeApiError(403, 'forbidden'), false],
    [new Error('a fault of ours'), false],
  ])('of %s is %s', (thrown, expected) => {
    expect(isOutage(thrown)).toBe(expected);
  });
});
