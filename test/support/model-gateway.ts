import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { SignJWT } from 'jose';

import { createMockDeepseek, type MockDeepseek } from '../../src/cli/mock-deepseek.ts';
import { generatePrivateKey } from '../../src/cli/token-keygen.ts';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { createTempFolder } from './temp-folder.ts';

/** The gateway as a process in front of a stand-in for DeepSeek: what a client meets in earnest. */
export interface ModelGateway {
  readonly url: string;
  readonly deepseek: MockDeepseek;
  readonly gateway: GatewayProcess;
  /** The key of DeepSeek, which no client has. */
  readonly deepseekKey: string;
  readonly sign: (claims: Record<string, unknown>, expires?: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const issuer = 'https://issuer.example';
const deepseekKey = 'sk-only-the-gateway-knows';

/** Hosts, tokens and the key of DeepSeek, a few lines per option, as a reader of the docs would write them. */
const hostManifests = (publicPem: string, routes: string): string => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: deepseek}
spec:
  virtualHost:
    domains: ['*']
    options:
      jwt:
        providers:
          demo:
            issuer: ${issuer}
            jwks: {local: {key: ${JSON.stringify(publicPem)}}}
      rbac:
        policies:
          developers:
            principals: [{jwtPrincipal: {claims: {role: developer}}}]
    routes:
${routes}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {Authorization: ${deepseekKey}}
`;

/** Routes, and Upstreams after them. */
interface ModelManifests {
  readonly routes: string;
  readonly upstreams: string;
}

const onlyDeepseek = (port: number): ModelManifests => ({
  routes: `
      - matchers: [{prefix: /}]
        routeAction: {single: {upstream: {name: deepseek}}}`,
  upstreams: `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: deepseek}
spec:
  ai:
    deepseek:
      authToken: {secretRef: {name: key}}
      customHost: {host: 127.0.0.1, port: ${port}}
      engine: DEEPSEEK`,
});

/** Starts both; tokens with the claim `role: developer` are let in. */
export async function startModelGateway(
  manifests: (port: number) => ModelManifests = onlyDeepseek,
): Promise<ModelGateway> {
  const key = generatePrivateKey({ type: 'RSA', bits: '2048', curve: '' });
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string;
  const folder = createTempFolder();
  const deepseek = await createMockDeepseek({ apiKeys: [deepseekKey] });
  const { routes, upstreams } = manifests(deepseek.port);
  const text = `${hostManifests(publicPem, routes)}---${upstreams}`;
  writeFileSync(folder.pathOf('gateway.yaml'), text);
  const gateway = await startGatewayProcess(folder.path);
  return {
    url: gateway.url,
    deepseek,
    gateway,
    deepseekKey,
    sign: (claims, expires = '5m') =>
      new SignJWT({ iss: issuer, sub: 'ann', ...claims })
        .setProtectedHeader({ alg: 'RS256' })
        .setExpirationTime(expires)
        .sign(key),
    stop: async () => {
      await gateway.stop();
      await deepseek.close();
      folder[Symbol.dispose]();
    },
  };
}
