import { describe, expect, it } from '@jest/globals';
import type { LocalAddresses } from '../../../src/base/local-addresses.ts';
import { createCompileState } from '../../../src/compile/compile-state.ts';
import { createFindings, type Findings } from '../../../src/compile/findings.ts';
import { checkAuthority, checkHost, checkServerName } from '../../../src/compile/host-names.ts';
import { resourcesOf } from '../../support/resources.ts';

function contextWith(allowLocalUpstreams: LocalAddresses) {
  return createCompileState(
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
    ['api.example.com', 'on', []],
    ['my_service', 'on', []],
    ['a.example.com.', 'on', []],
    ['10.0.0.1', 'on', []],
    ['2001:db8::1', 'on', []],
    ['a b', 'on', ['InvalidUpstream']],
    ['a.com/path', 'on', ['InvalidUpstream']],
    ['user@a.com', 'on', ['InvalidUpstream']],
    ['a.com:80', 'on', ['InvalidUpstream']],
    ['-a', 'on', ['InvalidUpstream']],
    ['127.0.0.1', 'on', []],
    ['127.0.0.1', 'off', ['ForbiddenAddress']],
    ['localhost', 'off', ['ForbiddenAddress']],
    ['localhost', 'loopback', []],
    ['127.0.0.2', 'loopback', []],
    ['::1', 'loopback', []],
    ['169.254.169.254', 'loopback', ['ForbiddenAddress']],
    ['metadata.google.internal', 'loopback', ['ForbiddenAddress']],
  ])('%j, local ones allowed: %s', (host, allowLocal, expected) => {
    const context = contextWith(allowLocal as LocalAddresses);
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
