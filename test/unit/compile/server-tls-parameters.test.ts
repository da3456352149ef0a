import { expect, it } from '@jest/globals';

import type { SslConfig } from '../../../src/api/virtual-service.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { compileTlsParameters } from '../../../src/compile/server-tls-parameters.ts';

function compile(ssl: SslConfig) {
  const findings = createFindings();
  const parameters = compileTlsParameters(ssl, findings);
  return { parameters, found: findings.list.map(({ severity, path }) => `${severity} ${path}`) };
}

it.each<[string, SslConfig, object]>([
  ['nothing', {}, {}],
  ['what is the default already', { parameters: { minimumProtocolVersion: 'TLSv1_2' } }, {}],
  ['zero values', { alpnProtocols: [], transportSocketConnectTimeout: '0s' }, {}],
  ['the automatic version', { parameters: { maximumProtocolVersion: 0 } }, {}],
  [
    'names in lower case, once',
    { sniDomains: ['A.test', 'a.test', '*.B.test'] },
    { sniDomains: ['a.test', '*.b.test'] },
  ],
])('%s', (_name, ssl, expected) => {
  expect(compile(ssl)).toEqual({ parameters: { sniDomains: [], ...expected }, found: [] });
});

it.each(['', '*', 'a*', '*.', 'a.*', 'a b', '*.*.a', 'a..b', 'a:443'])(
  'no client asks for %j',
  (name) => {
    expect(compile({ sniDomains: [name] }).found).toEqual(['error spec.sslConfig.sniDomains[0]']);
  },
);

it('takes the ciphers of both engines, in brackets too', () => {
  const cipherSuites = ['[ECDHE-ECDSA-AES128-GCM-SHA256|AES256-SHA]', 'AES128-SHA'];
  const { parameters, found } = compile({ parameters: { cipherSuites } });
  expect(found).toEqual([]);
  expect(parameters.ciphers).toEqual(['ECDHE-ECDSA-AES128-GCM-SHA256', 'AES256-SHA', 'AES128-SHA']);
});

it.each(['[AES128-SHA|RC4]', 'DES-CBC3-SHA', 'TLS_AES_128_GCM_SHA256', 'ALL:!aNULL', '[]'])(
  'not %s',
  (cipher) => {
    const { found } = compile({ parameters: { cipherSuites: [cipher] } });
    expect(found).toEqual(['error spec.sslConfig.parameters.cipherSuites[0]']);
  },
);
