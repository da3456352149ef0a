import { describe, expect, it } from '@jest/globals';

import { createMockSlots } from '../../../src/cli/mock-deepseek-slots.ts';

describe('slots of the stand-in', () => {
  it('are given in turn, and go on to the next when a request ends', async () => {
    const slots = createMockSlots(() => 1);
    const order: string[] = [];
    const requests = ['a', 'b', 'c'].map((name) => {
      const gone = new AbortController();
      const entered = slots.enter('m', gone.signal).then(() => order.push(name));
      return { gone, entered };
    });
    await requests[0]!.entered;
    expect([slots.running(), slots.waiting(), slots.of('m'), slots.of('x')]).toEqual([1, 2, 3, 0]);
    requests[0]!.gone.abort();
    await requests[1]!.entered;
    expect(order).toEqual(['a', 'b']);
    requests[2]!.gone.abort();
    await expect(requests[2]!.entered).rejects.toThrow();
    requests[1]!.gone.abort();
    expect([slots.running(), slots.waiting()]).toEqual([0, 0]);
  });

  it('are not for those who left before', async () => {
    const slots = createMockSlots(() => 1);
    await expect(slots.enter('m', AbortSignal.abort())).rejects.toThrow();
    expect(slots.of('m')).toBe(0);
  });
});
