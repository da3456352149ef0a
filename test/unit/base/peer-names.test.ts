import type { PeerCertificate } from 'node:tls';

import { expect, test } from '@jest/globals';

import { hasName } from '../../../src/base/peer-names.ts';

const certificate = (subjectaltname: string | undefined) =>
  ({ subjectaltname, subject: { CN: 'common.example' } }) as unknown as PeerCertificate;

test.each([
  ['a host', 'DNS:a.example, DNS:b.example', ['b.example'], true],
  ['letters count alike in hosts', 'DNS:A.example', ['a.EXAMPLE'], true],
  ['a wildcard takes one label', 'DNS:*.corp.example', ['a.corp.example'], true],
  ['and no more', 'DNS:*.corp.example', ['a.b.corp.example'], false],
  ['a URI', 'URI:spiffe://cluster/ns/default', ['spiffe://cluster/ns/default'], true],
  ['letters of a URI', 'URI:spiffe://cluster/NS', ['spiffe://cluster/ns'], false],
  ['an address', 'IP Address:10.0.0.1', ['10.0.0.1'], true],
  ['one of several is enough', 'DNS:a.example', ['x', 'a.example'], true],
  ['another host', 'DNS:a.example', ['b.example'], false],
  ['a name within a quoted one', 'URI:"x, DNS:a.example"', ['a.example'], false],
  ['a quoted one as a whole', 'URI:"x, DNS:a.example"', ['x, DNS:a.example'], true],
  ['a quote that does not end', 'URI:"x, DNS:a.example', ['a.example'], false],
  ['the common name does not count', undefined, ['common.example'], false],
  ['nor does it for a wildcard', 'URI:x', ['common.example'], false],
] as const)('%s', (_name, subjectaltname, names, expected) => {
  expect(hasName(certificate(subjectaltname), names) === undefined).toBe(expected);
});
