import { describe, expect, test } from '@jest/globals';

import type { Exchange } from '../../../src/dataplane/exchange.ts';
import { upgradeStage } from '../../../src/dataplane/stage-upgrade.ts';

const handshake = { upgrade: 'websocket', method: 'GET', hasBody: false };

function decided(asked: object, listener: object = {}, action: object = { kind: 'forward' }) {
  const exchange = { ...handshake, ...asked, listener: { listener }, route: { route: { action } } };
  return upgradeStage(exchange as unknown as Exchange)?.status;
}

const off = { upgrades: [] };
const on = { upgrades: ['websocket'] };

describe('upgradeStage', () => {
  test.each<[string, object, object, object | undefined, number | undefined]>([
    ['a request like any other', { upgrade: '' }, off, undefined, undefined],
    ['WebSocket, of which nobody said anything', {}, {}, undefined, undefined],
    ['on a listener without', {}, off, undefined, 403],
    ['on a route with, of a listener without', {}, off, { kind: 'forward', ...on }, undefined],
    ['on a route without', {}, {}, { kind: 'forward', ...off }, 403],
    ['where the gateway answers itself', {}, {}, { kind: 'direct' }, undefined],
    ['another protocol', { upgrade: 'foo' }, on, undefined, 403],
    ['one of two', { upgrade: 'websocket,foo' }, on, undefined, 403],
    ['with a body', { hasBody: true }, on, undefined, 403],
    ['with another method', { method: 'POST' }, on, undefined, 403],
  ])('%s', (_title, asked, listener, action, expected) => {
    expect(decided(asked, listener, action ?? { kind: 'forward' })).toBe(expected);
  });
});
