import { describe, expect, test } from '@jest/globals';

import { HealthBoard } from '../../../src/dataplane/endpoint-health.ts';
import { startOutlierDetector } from '../../../src/dataplane/outlier-detector.ts';
import type { OutlierDetection } from '../../../src/ir/health.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const settings: OutlierDetection = {
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 50,
  consecutive5xx: { count: 3, enforcing: 100 },
  consecutiveGatewayFailure: { count: 2, enforcing: 0 },
  successRate: { enforcing: 100, minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 },
};

function rig(count: number, more: Partial<OutlierDetection> = {}, random = () => 0.5) {
  const clock = createFakeClock();
  const board = new HealthBoard();
  const endpoints = Array.from({ length: count }, (_value, index) => board.of(`h:${index}`));
  const detector = startOutlierDetector({ ...settings, ...more }, endpoints, board, {
    clock,
    random,
  });
  const answer = (index: number, ...statuses: number[]): void => {
    for (const status of statuses) endpoints[index]?.answered(status);
  };
  const ejected = (): number[] =>
    endpoints.flatMap((health, index) => (health.ejected ? [index] : []));
  return { clock, board, detector, answer, ejected };
}

describe('startOutlierDetector', () => {
  test('so many 5xx in a row eject, one good answer in between does not count', () => {
    const { answer, ejected } = rig(2);
    answer(0, 500, 503, 200, 500, 504);
    expect(ejected()).toEqual([]);
    answer(0, 502);
    expect(ejected()).toEqual([0]);
  });

  test('4xx are good answers', () => {
    const { answer, ejected } = rig(2);
    answer(0, 500, 500, 429, 500, 404, 500);
    expect(ejected()).toEqual([]);
  });

  test('at most so many percent, the first one among them as in Envoy', () => {
    const { answer, ejected } = rig(4);
    for (const index of [0, 1, 2]) answer(index, 500, 500, 500);
    expect(ejected()).toEqual([0, 1]);
    const small = rig(5, { maxEjectionPercent: 10 });
    small.answer(0, 500, 500, 500);
    expect(small.ejected()).toEqual([]);
    const ten = rig(10, { maxEjectionPercent: 10 });
    ten.answer(0, 500, 500, 500);
    expect(ten.ejected()).toEqual([0]);
  });

  test('comes back at a sweep after its time, and is gone for longer the next time', () => {
    const { clock, answer, ejected } = rig(2);
    clock.advance(1000);
    answer(0, 500, 500, 500);
    clock.advance(29_000);
    expect(ejected()).toEqual([0]);
    // At 40 s, the first sweep after 31 s.
    clock.advance(9_999);
    expect(ejected()).toEqual([0]);
    clock.advance(1);
    expect(ejected()).toEqual([]);
    answer(0, 500, 500, 500);
    clock.advance(59_999);
    expect(ejected()).toEqual([0]);
    clock.advance(10_000);
    expect(ejected()).toEqual([]);
  });

  test('an interval without a fault makes the next ejection shorter again', () => {
    const { clock, answer, ejected } = rig(2);
    answer(0, 500, 500, 500);
    clock.advance(30_000);
    expect(ejected()).toEqual([]);
    clock.advance(10_000);
    answer(0, 500, 500, 500);
    clock.advance(30_000);
    expect(ejected()).toEqual([]);
  });

  test('gateway failures eject where that is enforced', () => {
    const enforced = {
      consecutive5xx: { count: 99, enforcing: 100 },
      consecutiveGatewayFailure: { count: 2, enforcing: 100 },
    };
    const { answer, ejected } = rig(2, enforced);
    answer(0, 502, 500, 503);
    expect(ejected()).toEqual([]);
    const other = rig(2, enforced);
    other.answer(1, 502, 504);
    expect(other.ejected()).toEqual([1]);
  });

  test.each([
    [0.29, [0]],
    [0.31, []],
  ])('enforced in 30 of 100 cases, chance gives %d', (value, expected) => {
    const { answer, ejected } = rig(
      2,
      { consecutive5xx: { count: 1, enforcing: 30 } },
      () => value,
    );
    answer(0, 500);
    expect(ejected()).toEqual(expected);
  });

  test.each([
    ['far below the others', 6, 100, 20, [0]],
    ['too few endpoints', 4, 100, 20, []],
    ['too few requests', 6, 99, 20, []],
    ['hardly below the others', 6, 100, 0, []],
  ])('success rate: %s', (_name, count, requests, bad, expected) => {
    const { clock, answer, ejected } = rig(count, { consecutive5xx: { count: 99, enforcing: 0 } });
    for (let index = 0; index < count; index += 1) {
      for (let turn = 0; turn < requests; turn += 1) {
        answer(index, index === 0 && turn < bad ? 500 : 200);
      }
    }
    clock.advance(10_000);
    expect(ejected()).toEqual(expected);
  });

  test('counts each interval anew', () => {
    const { clock, answer, ejected } = rig(6, { consecutive5xx: { count: 999, enforcing: 0 } });
    for (let interval = 0; interval < 3; interval += 1) {
      for (let index = 0; index < 6; index += 1) {
        for (let turn = 0; turn < 60; turn += 1) answer(index, index === 0 ? 500 : 200);
      }
      clock.advance(10_000);
    }
    expect(ejected()).toEqual([]);
  });

  test('stopped, it looks at nothing any more', () => {
    const { clock, board, detector, answer, ejected } = rig(2);
    answer(0, 500, 500, 500);
    detector.stop();
    answer(1, 500, 500, 500);
    clock.advance(600_000);
    expect([ejected(), board.observer]).toEqual([[0], undefined]);
  });
});
