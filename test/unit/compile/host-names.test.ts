import { describe, expect, it } from '@jest/globals';
import { createContext } from '../../../src/compile/context.ts';
import { createFindings, type Findings } from '../../../src/compile/findings.ts';
import { checkAuthority, checkHost, checkServerName } from '../../../src/compile/host-names.ts';
import { resourcesOf } from '../../support/resources.ts';

function contextWith(allowLocalUpstreams: boolean) {
  return createContext(
    resourcesOf(''),
    { importKeys: async () => ({ keys: [], findings: [] }), checkRegex: () => undefined },
    { httpPort: undefined, httpsPort: undefined, allowLocalUpstreams, lastGood: new Map() },
  );
}

function reasonsOf(check: (findings: Findings) => void): readonly string[] {
  const findings = createFindings();
  check(findings);
  return findings.list.map(({ reason }) => reason);
}

describe('checkHost', () => {
  it.each([
    ['api.example.com', true, []],
    ['my_service', true, []],
    ['a.example.com.', true, []],
    ['10.0.0.1', true, []],
    ['2001:db8::1', true, []],
    ['a b', true, ['InvalidUpstream']],
    ['a.com/path', true, ['InvalidUpstream']],
    ['user@a.com', true, ['InvalidUpstream']],
    ['a.com:80', true, ['InvalidUpstream']],
    ['-a', true, ['InvalidUpstream']],
    ['127.0.0.1', true, []],
    ['127.0.0.1', false, ['ForbiddenAddress']],
    ['localhost', false, ['ForbiddenAddress']],
  ])('%j, local ones allowed: %s', (host, allowLocal, expected) => {
    const context = contextWith(allowLocal);
    const reasons = reasonsOf((findings) =>
      checkHost(host, 'spec', { context, namespace: 'default', findings, path: 'spec' }),
    );
    expect(reasons).toEqual(expected);
  });
});

describe('checkServerName', () => {
  it.each([
    ['api.example.com', []],
    ['10.0.0.1', []],
    ['a\nb', ['InvalidUpstream']],
  ])('%j', (name, expected) => {
    expect(reasonsOf((findings) => checkServerName(name, 'spec', findings))).toEqual(expected);
  });
});

describe('checkAuthority', () => {
  it.each([
    ['api.example.com', []],
    ['api.example.com:8443', []],
    ['[2001:db8::1]:80', []],
    ['a b', ['InvalidUpstream']],
    ['a\r\nx: y', ['InvalidUpstream']],
    ['', ['InvalidUpstream']],
  ])('%j', (authority, expected) => {
    expect(reasonsOf((findings) => checkAuthority(authority, 'spec', findings))).toEqual(expected);
  });
});
