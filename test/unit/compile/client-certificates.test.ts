import { expect, it } from '@jest/globals';

import { compileClients } from '../../../src/compile/client-certificates.ts';
import type { CompileContext } from '../../../src/compile/context.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { foundSecret } from '../../../src/compile/secrets.ts';
import { keyFile } from '../../support/resources.ts';

const authority = keyFile('client-authority.certificate.pem');

function compile(ssl: object, ...data: readonly Record<string, string>[]) {
  const findings = createFindings();
  const secrets = new Map<string, string>();
  const context = { secrets } as unknown as CompileContext;
  const bodies = data.map((stringData, index) =>
    foundSecret({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'ns', name: `s${index}` },
      stringData,
    } as unknown as Parameters<typeof foundSecret>[0]),
  );
  const clients = compileClients(ssl, { secrets: bodies, context, findings });
  return { clients, secrets, paths: findings.list.map(({ reason, path }) => `${reason} ${path}`) };
}

it('asks by the first Secret that has authorities', () => {
  const { clients, secrets, paths } = compile({}, {}, { 'ca.crt': authority });
  expect(clients).toEqual({
    authoritiesSecret: expect.stringMatching(/^ns\/s1\/ca\.crt@[0-9a-f]{8}$/),
    names: [],
  });
  expect(secrets.get(clients?.authoritiesSecret ?? '')).toBe(authority);
  expect(paths).toEqual([]);
});

it.each<[string, object, Record<string, string>]>([
  ['without authorities', {}, {}],
  ['with an empty text of authorities', {}, { 'ca.crt': '' }],
  ['in one-way TLS', { oneWayTls: true }, { 'ca.crt': authority }],
])('asks nobody %s', (_name, ssl, data) => {
  expect(compile(ssl, data)).toMatchObject({ clients: undefined, paths: [] });
});

it.each<[string, object, Record<string, string>, string]>([
  ['junk', {}, { 'ca.crt': 'junk' }, 'InvalidKey spec.sslConfig.secretRef'],
  [
    'a broken block behind a good one',
    {},
    { 'ca.crt': `${authority}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n` },
    'InvalidKey spec.sslConfig.secretRef',
  ],
  ['a key', {}, { 'ca.crt': keyFile('client.private.pem') }, 'InvalidKey spec.sslConfig.secretRef'],
  [
    'names alone',
    { verifySubjectAltName: ['a'] },
    {},
    'SecretNotFound spec.sslConfig.verifySubjectAltName',
  ],
])('is an error with %s', (_name, ssl, data, finding) => {
  expect(compile(ssl, data).paths).toEqual([finding]);
});
