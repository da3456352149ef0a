import { describe, expect, it } from '@jest/globals';
import { createCallLimit } from '../../../src/kube/call-limit.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function start(caller: AbortController = new AbortController()) {
  const clock = createFakeClock();
  const limit = createCallLimit(clock, { signal: caller.signal }, 10_000);
  const reason = () => (limit.signal.aborted ? (limit.signal.reason as Error).message : undefined);
  return { clock, caller, limit, reason };
}

describe('createCallLimit', () => {
  it('ends the call when its time is over, and not before', () => {
    const { clock, reason } = start();
    clock.advance(9999);
    expect(reason()).toBeUndefined();
    clock.advance(1);
    expect(reason()).toBe('no answer within 10 s');
  });

  it('has no time limit once it was met, but a caller', () => {
    const { clock, caller, limit, reason } = start();
    limit.met();
    clock.advance(1e9);
    expect(reason()).toBeUndefined();
    caller.abort();
    expect(reason()).toBe('given up by the caller');
  });

  it('begins at its end when the caller has given up before', () => {
    const caller = new AbortController();
    caller.abort();
    expect(start(caller).reason()).toBe('given up by the caller');
  });

  it('ends what is left of the call with it', () => {
    const { clock, caller, limit, reason } = start();
    limit.end();
    clock.advance(10_000);
    caller.abort();
    expect(reason()).toBe('the call is over');
  });
});
