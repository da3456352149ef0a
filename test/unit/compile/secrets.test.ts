import { describe, expect, it } from '@jest/globals';
import { type CompileContext } from '../../../src/compile/context.ts';
import { createCompileState } from '../../../src/compile/compile-state.ts';
import { coreKindsPass } from '../../../src/compile/core-kinds.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { findSecret, keepSecret } from '../../../src/compile/secrets.ts';
import { manifest, resourcesOf } from '../../support/resources.ts';

function contextOf(text: string, withheld: ReadonlySet<string> = new Set()): CompileContext {
  const context = createCompileState(
    { ...resourcesOf(text), withheld },
    { importKeys: async () => ({ keys: [], findings: [] }), checkRegex: () => undefined },
    { httpPort: undefined, httpsPort: undefined, allowLocalUpstreams: 'off', lastGood: new Map() },
  );
  coreKindsPass(context);
  return context;
}

const text =
  manifest('Secret', 'own', {
    stringData: { both: 'text' },
    data: { both: 'b2xk', plain: 'aGk=', constructor: 'eA==' },
  }) + manifest('Secret', 'team/theirs', { stringData: { a: 'b' } });

function find(name: string, namespace?: string, required?: boolean) {
  const context = contextOf(text);
  const findings = createFindings();
  const ref = namespace === undefined ? { name } : { name, namespace };
  const use = { context, namespace: 'default', findings, path: 'spec.secretRef' };
  const secret = findSecret(ref, required === undefined ? use : { ...use, required });
  const found = findings.list.map(({ severity, reason }) => `${severity} ${reason}`);
  return { secret, found, texts: findings.list.map(({ gloo }) => gloo) };
}

describe('findSecret', () => {
  it.each([
    ['plain', 'hi'],
    ['both', 'text'],
    ['constructor', 'x'],
    ['gone', undefined],
    ['toString', undefined],
  ])('reads the entry %s', (key, value) => {
    expect(find('own').secret?.read(key)).toBe(value);
  });

  it('warns of one that is missing, and refuses where it is required', () => {
    expect(find('gone')).toMatchObject({ secret: undefined, found: ['warning SecretNotFound'] });
    expect(find('gone', undefined, true)).toMatchObject({
      found: ['error SecretNotFound'],
      texts: ['SSL secret not found: list did not find secret default.gone'],
    });
  });

  it('tells one that may not be read from one that is not there', () => {
    const withheld = new Set(['Secret/default/gone', 'Secret/default/own']);
    const found = (name: string, required: boolean) => {
      const context = contextOf(text, withheld);
      const findings = createFindings();
      const use = { context, namespace: 'default', findings, path: '', required };
      const secret = findSecret({ name }, use);
      return [
        secret !== undefined,
        findings.list.map(({ severity, reason }) => `${severity} ${reason}`),
      ];
    };
    expect(found('gone', false)).toEqual([false, ['warning KindForbidden']]);
    expect(found('gone', true)).toEqual([false, ['error KindForbidden']]);
    expect(found('absent', false)).toEqual([false, ['warning SecretNotFound']]);
    // What was read before the right was taken away is used on.
    expect(found('own', true)).toEqual([true, []]);
  });

  it('says the same of one in another namespace, whether it is there or not', () => {
    expect(find('theirs', 'team')).toMatchObject({
      secret: undefined,
      found: ['error RefNotPermitted'],
    });
    expect(find('gone', 'team').found).toEqual(['error RefNotPermitted']);
  });
});

describe('keepSecret', () => {
  it('gives an id that changes with the value and does not hold it', () => {
    const context = contextOf('');
    const ids = ['hunter2', 'hunter3', 'hunter2'].map((value) => keepSecret(context, 'a/b', value));
    expect(ids[0]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]).toMatch(/^a\/b@[0-9a-f]{8}$/);
    expect(context.secrets.get(ids[0] ?? '')).toBe('hunter2');
  });
});
