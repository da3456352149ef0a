import { describe, expect, test } from '@jest/globals';

import { AccountKeys } from '../../../src/dataplane/account-keys.ts';
import type { Program } from '../../../src/dataplane/program.ts';
import type { LlmCredential } from '../../../src/ir/llm.ts';
import type { PreparedBackend } from '../../../src/llm/backend.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { cluster, program, table, virtualHost } from '../../support/gateway.ts';

const secret: LlmCredential = { kind: 'secret', secret: 'id' };
const none: LlmCredential = { kind: 'none' };

function withKey(id: string, credential = secret, name = 'main'): Program {
  const llm = { provider: 'deepseek', authority: 'a', credential } as const;
  return program(table(virtualHost(), [cluster(1, { name, llm })]), { id });
}

const backendOf = (one: Program, name = 'main'): PreparedBackend => {
  const backend = one.upstreams.get(name)?.backend;
  if (backend === undefined) throw new Error('no model server');
  return backend;
};

function rig() {
  const clock = createFakeClock();
  let current = withKey('sk-1');
  const keys = new AccountKeys(clock, () => current);
  const given: (string | undefined)[] = [];
  return {
    clock,
    keys,
    given,
    backend: backendOf(current),
    put: (next: Program) => {
      current = next;
      keys.published();
    },
    renew: (backend: PreparedBackend) =>
      keys.renew('main', backend, (renewed) => given.push(renewed?.key)),
  };
}

describe('a refused key', () => {
  test('that was never good and is the one in force is refused', () => {
    const { keys, backend, put } = rig();
    expect(keys.mayRenew('main', backend)).toBe(false);
    put(withKey('', none));
    expect(keys.mayRenew('main', backend)).toBe(false);
    expect(keys.mayRenew('other', backend)).toBe(false);
    expect(keys.mayRenew('main', backendOf(withKey('', none)))).toBe(false);
  });

  test('gives way at once to one that is in force already', () => {
    const { keys, backend, put, renew, given, clock } = rig();
    put(withKey('sk-2'));
    expect(keys.mayRenew('main', backend)).toBe(true);
    renew(backend);
    expect(given).toEqual([]);
    clock.advance(0);
    expect(given).toEqual(['sk-2']);
  });

  test('that was good waits for the next', () => {
    const { keys, backend, put, renew, given, clock } = rig();
    keys.accepted('main', backend);
    expect(keys.mayRenew('main', backend)).toBe(true);
    renew(backend);
    clock.advance(500);
    put(withKey('sk-1'));
    expect(given).toEqual([]);
    put(withKey('sk-2'));
    expect(given).toEqual(['sk-2']);
    clock.advance(5_000);
    expect(given).toEqual(['sk-2']);
  });

  test('that came after a good one waits for the next, though nobody has used it yet', () => {
    const { keys, backend, put, renew, given } = rig();
    keys.accepted('main', backend);
    const second = withKey('sk-2');
    put(second);
    expect(keys.mayRenew('main', backendOf(second))).toBe(true);
    renew(backendOf(second));
    put(withKey('sk-3'));
    expect(given).toEqual(['sk-3']);
  });

  test('that was good is waited for by all at once, and once only', () => {
    const { keys, backend, renew, given, clock } = rig();
    keys.accepted('main', backend);
    renew(backend);
    renew(backend);
    clock.advance(1_999);
    expect(given).toEqual([]);
    clock.advance(1);
    expect(given).toEqual([undefined, undefined]);
    expect(keys.mayRenew('main', backend)).toBe(false);
    keys.accepted('main', backend);
    expect(keys.mayRenew('main', backend)).toBe(true);
  });

  test.each([
    ['no key any more', withKey('', none)],
    ['no such cluster any more', withKey('sk-2', secret, 'other')],
  ])('waits no longer when there is %s', (_name, next) => {
    const { keys, backend, put, renew, given } = rig();
    keys.accepted('main', backend);
    renew(backend);
    put(next);
    expect(given).toEqual([undefined]);
  });

  test('of a client that left is not waited for', () => {
    const { keys, backend, put, renew, given, clock } = rig();
    keys.accepted('main', backend);
    renew(backend)();
    put(withKey('sk-2'));
    clock.advance(5_000);
    expect(given).toEqual([]);
  });
});
