import { describe, expect, test } from '@jest/globals';

import { createLogger } from '../../../src/base/log.ts';
import type { KeySet, VerificationKey } from '../../../src/ir/jwt.ts';
import { createKeySetRegistry } from '../../../src/jwt/key-set-registry.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createTestKey } from '../../support/token-factory.ts';

const { jwk } = createTestKey('ES256', 'k');
const local: VerificationKey = {
  kid: 'k',
  kty: 'EC',
  algorithms: ['ES256'],
  jwk: { crv: jwk.crv!, x: jwk.x!, y: jwk.y! },
};
const shared: VerificationKey = { kty: 'oct', algorithms: ['HS256'], jwk: {}, secret: 's@1' };
const remote = (id: string): KeySet => ({
  kind: 'remote',
  id,
  url: `https://issuer.test/${id}`,
  cacheDurationMs: 60_000,
});

function setup() {
  const fetched: string[] = [];
  const aborted: string[] = [];
  const registry = createKeySetRegistry({
    clock: createFakeClock(),
    logger: createLogger('silent'),
    fetchJwks: ({ id }, signal) => {
      fetched.push(id);
      signal.addEventListener('abort', () => aborted.push(id));
      if (id === 'slow') return new Promise(() => undefined);
      return Promise.resolve({ status: 200, body: JSON.stringify({ keys: [jwk] }) });
    },
    staleLimitMs: 1,
    random: () => 0,
  });
  return { registry, fetched, aborted };
}

describe('createKeySetRegistry', () => {
  test('local sets are there at once, their shared secrets looked up by id', () => {
    const { registry } = setup();
    registry.update(
      {
        a: { kind: 'local', id: 'a', keys: [local] },
        b: { kind: 'local', id: 'b', keys: [shared] },
      },
      { 's@1': 'AAAA' },
    );
    expect(registry.source('a')?.current()?.keys).toHaveLength(1);
    expect(registry.source('b')?.current()?.keys[0]?.key.type).toBe('secret');
    expect(registry.source('a')?.arriving()).toBeUndefined();
    expect(registry.source('a')?.refetch()).toBeUndefined();
    expect(registry.source('c')).toBeUndefined();
    expect(registry.states()).toEqual({});
  });

  test('an unchanged set keeps its keys, a changed one of the same id gets the new ones', () => {
    const { registry } = setup();
    const publish = (...keys: VerificationKey[]): void =>
      registry.update({ a: { kind: 'local', id: 'a', keys } }, {});
    publish(local);
    const source = registry.source('a');
    const before = source?.current();
    publish({ ...local });
    expect(source?.current()).toBe(before);
    publish();
    expect(registry.source('a')).toBe(source);
    expect(source?.current()?.keys).toEqual([]);
  });

  test('remote sets are fetched once, and stopped when no table names them', async () => {
    const { registry, fetched, aborted } = setup();
    registry.update({ a: remote('a'), slow: remote('slow') }, {});
    registry.update({ a: remote('a'), slow: remote('slow') }, {});
    await registry.source('a')?.arriving();
    expect(fetched).toEqual(['a', 'slow']);
    expect(registry.states()).toMatchObject({ a: { state: 'ready' }, slow: { state: 'pending' } });
    const source = registry.source('a');
    registry.update({ b: remote('b') }, {});
    expect(aborted).toEqual(['slow']);
    expect(registry.source('a')).toBeUndefined();
    expect(source?.current()?.keys).toHaveLength(1);
  });

  test('settled waits for every first attempt', async () => {
    const { registry } = setup();
    await registry.settled();
    registry.update({ a: remote('a'), b: remote('b') }, {});
    await registry.settled();
    expect(registry.states()).toMatchObject({ a: { state: 'ready' }, b: { state: 'ready' } });
    registry.update({ a: remote('a'), slow: remote('slow') }, {});
    let settled = false;
    const watch = async (): Promise<void> => {
      await registry.settled();
      settled = true;
    };
    const watching = watch();
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    registry.close();
    await watching;
    expect(settled).toBe(true);
  });
});
