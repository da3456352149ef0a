import { describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';

import { hasSubjectAltName } from '../../../src/dataplane/subject-alt-names.ts';
import { createPki } from '../../support/tls-pki.ts';

const { cert } = createPki().issue(
  'DNS:Alice.client,DNS:*.wild.client,URI:spiffe://x/alice,email:alice@x.test,IP:10.0.0.1,IP:fd00::1',
);
const certificate = new X509Certificate(cert);

describe('hasSubjectAltName', () => {
  test.each([
    ['no names', [], true],
    ['a host, whatever its case', ['ALICE.client'], true],
    ['a URI', ['spiffe://x/alice'], true],
    ['a URI in another case', ['spiffe://x/Alice'], false],
    ['an e-mail address', ['alice@x.test'], true],
    ['an address', ['10.0.0.1'], true],
    ['an address in another form', ['fd00:0:0::1'], true],
    ['another address', ['10.0.0.2'], false],
    ['one of several', ['nobody', 'alice.client'], true],
    ['the subject', ['leaf'], false],
    ['a part', ['alice'], false],
    ['a name that a wildcard of the client would be', ['a.wild.client'], false],
    ['a kind', ['DNS:Alice.client'], false],
    ['a leading dot', ['.client'], false],
  ])('%s', (_name, names, expected) => {
    expect(hasSubjectAltName(certificate, names)).toBe(expected);
  });

  test.each([
    ['a name that looks like two', 'URI:"http://a/, DNS:alice.client"', 'alice.client', false],
    [
      'the same name itself',
      'URI:"http://a/, DNS:alice.client"',
      'http://a/, DNS:alice.client',
      true,
    ],
    ['a quote in it', String.raw`DNS:"a\", DNS:alice.client"`, 'alice.client', false],
    ['another kind', 'othername:<unsupported>, DNS:alice.client', 'alice.client', true],
    ['nothing', undefined, 'alice.client', false],
  ])('%s', (_name, subjectAltName, wanted, expected) => {
    const found = { subjectAltName, checkIP: () => undefined };
    expect(hasSubjectAltName(found, [wanted])).toBe(expected);
  });
});
