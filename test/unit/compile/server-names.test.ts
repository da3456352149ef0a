import { expect, it } from '@jest/globals';

import { createFindings } from '../../../src/compile/findings.ts';
import { checkServerNames, ownServerNames } from '../../../src/compile/server-names.ts';
import type { VirtualHost } from '../../../src/ir/table.ts';
import { virtualHost } from '../../support/gateway.ts';

const host = (name: string, sniDomains: readonly string[], certificate = 'cert'): VirtualHost =>
  virtualHost({
    name,
    domains: [`${name}.test`, '*'],
    tls: { certificateSecret: certificate, keySecret: 'key', sniDomains },
  });

function findingsOn(younger: VirtualHost, listeners = ['l']): readonly string[] {
  const domainOwners = new Map<string, string>();
  ownServerNames(host('old', ['old.test', '*.x.test']), ['l'], domainOwners);
  const findings = createFindings();
  checkServerNames(younger, listeners, { domainOwners }, findings);
  return findings.list.map(({ severity, reason, path }) => `${severity} ${reason} ${path}`);
}

const at = 'DomainConflict spec.sslConfig.sniDomains';

it.each<[string, VirtualHost, readonly string[]]>([
  ['a name of another TLS', host('new', ['new.test', '*.x.test'], 'other'), [`error ${at}`]],
  ['a name of equal TLS', host('new', ['*.x.test']), []],
  ['a narrower name', host('new', ['a.x.test'], 'other'), []],
  ['a domain that is a name of another TLS', host('old', [], 'other'), [`warning ${at}`]],
  ['any name', host('new', [], 'other'), []],
  ['no TLS', virtualHost(), []],
])('%s', (_title, younger, expected) => {
  expect(findingsOn(younger)).toEqual(expected);
});

it('names of another listener are free', () => {
  expect(findingsOn(host('new', ['old.test'], 'other'), ['m'])).toEqual([]);
});
