import { createTestKey, signToken } from './token-factory.ts';
import { labNamespace } from './lab-services.ts';
import type { KubeRequests } from './kube-request.ts';

/** A route behind a token and a policy. */
export interface SecuredService {
  readonly host: string;
  readonly path: string;
  /** With a token that is let through. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes a VirtualService that verifies tokens, asks for a claim and forwards to the Upstream of the lab. */
export async function createSecuredService(api: KubeRequests): Promise<SecuredService> {
  const [issuer, host] = ['https://issuer.test', 'secured.example'];
  const key = createTestKey('ES256');
  const jwks = { local: { key: JSON.stringify({ keys: [key.jwk] }) } };
  const principals = [{ jwtPrincipal: { claims: { role: 'developer' } } }];
  const upstream = { name: 'lab', namespace: labNamespace };
  const route = { matchers: [{ prefix: '/' }], routeAction: { single: { upstream } } };
  const options = {
    jwt: { providers: { test: { issuer, jwks } } },
    rbac: { policies: { developers: { principals } } },
  };
  const path = `/apis/gateway.solo.io/v1/namespaces/${labNamespace}/virtualservices`;
  await api.send('POST', path, {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'secured', namespace: labNamespace },
    spec: { virtualHost: { domains: [host], options, routes: [route] } },
  });
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const token = signToken(key, { iss: issuer, sub: 'somebody', role: 'developer', exp });
  return { host, path: '/v1/chat/completions', headers: { authorization: `Bearer ${token}` } };
}
