import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const host = (name: string, routes: readonly object[], fields: object = {}) =>
  withSpec('VirtualService', name, {
    virtualHost: { domains: [`${name}.test`], routes, ...fields },
  });
const good = host('web', [{ name: 'v1', ...toEcho }]);
const changed = host('web', [{ name: 'v2', ...toEcho }]);
const badMeaning = host('web', [{ ...toEcho, matchers: [{ regex: '(' }] }]);
const badShape = host('web', [toEcho], { domains: 'web.test' });

describe('a version with an error', () => {
  it.each([
    ['in its meaning', badMeaning, 'InvalidRegex'],
    ['in its shape', badShape, 'InvalidValue'],
  ])('%s leaves the last good one serving, and its status says so', async (_title, bad, reason) => {
    const first = await compileYaml(echo + good);
    const second = await compileYaml(echo + bad, { lastGood: first.accepted });
    expect(second.route('web').name).toBe('v1');
    expect(second.table.version).toBe(first.table.version);
    expect(second.outcome('VirtualService/web')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
      conditions: [
        {
          type: 'Accepted',
          status: 'False',
          reason,
          message: expect.stringMatching(/; the last accepted version keeps serving$/),
        },
        { type: 'ResolvedRefs' },
      ],
    });
    const third = await compileYaml(echo + changed, { lastGood: second.accepted });
    expect(third.route('web').name).toBe('v2');
    expect(third.outcome('VirtualService/web')).toMatchObject({
      state: 'Accepted',
      servingLastGood: false,
    });
  });

  it('is absent where there was no good one, and costs nobody else anything', async () => {
    const compiled = await compileYaml(echo + badMeaning + host('other', [toEcho]));
    expect(Object.keys(compiled.table.virtualHosts)).toEqual(['default.other']);
    expect(compiled.outcome('VirtualService/web')).toMatchObject({
      state: 'Rejected',
      servingLastGood: false,
    });
    expect(compiled.outcome('VirtualService/other').state).toBe('Accepted');
  });

  it('gives back the place it held, once the resource is gone', async () => {
    const first = await compileYaml(echo + good);
    const second = await compileYaml(echo, { lastGood: first.accepted });
    expect(second.table.virtualHosts).toEqual({});
    expect(second.accepted.has('VirtualService/default/web')).toBe(false);
  });

  it('leaves an Upstream as it was', async () => {
    const first = await compileYaml(echo + good);
    const broken = withSpec('Upstream', 'echo', { static: { hosts: [{ addr: 'a b', port: 1 }] } });
    const second = await compileYaml(broken + good, { lastGood: first.accepted });
    expect(second.table.clusters).toEqual(first.table.clusters);
    expect(second.outcome('Upstream/echo')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
    });
    expect(second.outcome('VirtualService/web').state).toBe('Accepted');
  });
});

describe('the last good version', () => {
  it('is kept while what it refers to is away', async () => {
    const kept = echo + host('web', [{ name: 'v1', ...toEcho }]);
    const rival = withSpec(
      'VirtualService',
      'old',
      { virtualHost: { domains: ['web.test'], routes: [toEcho] } },
      { creationTimestamp: '2020-01-01T00:00:00Z' },
    );
    const first = await compileYaml(kept);
    const second = await compileYaml(echo + badShape + rival, { lastGood: first.accepted });
    expect(Object.keys(second.table.virtualHosts)).toEqual(['default.old']);
    const third = await compileYaml(echo + badShape, { lastGood: second.accepted });
    expect(third.route('web').name).toBe('v1');
  });

  it('does not replace a rejected version that only looks newer to it', async () => {
    const first = await compileYaml(echo + good);
    const second = await compileYaml(echo + badMeaning, { lastGood: first.accepted });
    const third = await compileYaml(echo + badMeaning, { lastGood: second.accepted });
    expect(third.route('web').name).toBe('v1');
  });
});

describe('a fault of the compiler', () => {
  const trap = (pattern: string): string | undefined => {
    if (pattern === 'trap') throw new TypeError('cannot do that');
    return undefined;
  };
  const trapped = (name: string) => host(name, [{ ...toEcho, matchers: [{ regex: 'trap' }] }]);

  it('is an error of the one resource that met it', async () => {
    const compiled = await compileYaml(echo + trapped('bad') + good, {}, { checkRegex: trap });
    expect(compiled.findings('VirtualService/bad')).toEqual(['error InternalError ']);
    expect(compiled.messages('VirtualService/bad')).toContain('cannot do that');
    expect(compiled.outcome('VirtualService/bad').conditions[0]).toMatchObject({
      status: 'False',
      reason: 'InternalError',
    });
    expect(compiled.route('web').name).toBe('v1');
    expect(compiled.outcome('VirtualService/web').state).toBe('Accepted');
  });

  it('leaves the last good version serving', async () => {
    const first = await compileYaml(echo + good);
    const second = await compileYaml(
      echo + trapped('web'),
      { lastGood: first.accepted },
      { checkRegex: trap },
    );
    expect(second.route('web').name).toBe('v1');
    expect(second.outcome('VirtualService/web').servingLastGood).toBe(true);
  });
});
