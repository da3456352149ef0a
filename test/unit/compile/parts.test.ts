import { describe, expect, it } from '@jest/globals';
import { createFindings } from '../../../src/compile/findings.ts';
import { findPart, partRef, partUseKey, scopeAt } from '../../../src/compile/parts.ts';
import type { HostScope } from '../../../src/compile/providers.ts';

const user = { kind: 'VirtualService', namespace: 'own', name: 'web' };
const fault = { text: 'why', isCycle: false };

function scopeOf(): HostScope {
  const context = {
    parts: new Map([
      ['RouteTable/own/a', { kind: 'RouteTable' }],
      ['RouteTable/own/odd', { kind: 'RouteOption' }],
    ]),
    partFaults: new Map([['RouteTable/own/b', JSON.stringify(fault)]]),
    partUses: new Map(),
  };
  return {
    context,
    user,
    namespace: 'own',
    name: 'web',
    findings: createFindings(),
  } as unknown as HostScope;
}

describe('parts', () => {
  it('are in the namespace of who names them, unless that names another', () => {
    expect(partRef('RouteTable', { name: 'a' }, 'own').namespace).toBe('own');
    expect(partRef('RouteTable', { name: 'a', namespace: '' }, 'own').namespace).toBe('own');
    expect(partRef('RouteTable', { name: 'a', namespace: 'b' }, 'own').namespace).toBe('b');
  });

  it.each([
    ['a', { resource: { kind: 'RouteTable' } }],
    ['b', { fault }],
    ['c', { fault: undefined }],
    ['odd', { fault: undefined }],
  ])('%s is looked up, and that it was is noted', (name, expected) => {
    const scope = scopeOf();
    const ref = partRef('RouteTable', { name }, 'own');
    expect(findPart(ref, scope)).toEqual(expected);
    expect(scope.context.partUses.get(partUseKey(ref, user))).toEqual({ ref, findings: [] });
  });

  it('have references and findings of their own', () => {
    const scope = scopeOf();
    const origin = {
      ref: partRef('RouteTable', { name: 't', namespace: 'team' }, ''),
      via: 'here',
    };
    const own = scopeAt(scope, { origin, users: ['own'] });
    expect(own).toMatchObject({ namespace: 'team', name: 't', users: ['own'], origin });
    own.findings.warn({ reason: 'InvalidRoute', path: 'p', what: 'w' });
    expect(scope.findings.list).toMatchObject([{ at: origin }]);
    expect(scopeAt(scope, undefined)).toBe(scope);
  });
});
