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

/** A few lines per option, as a reader of the docs would write them. */
const manifests = (port: number, publicPem: string): string => `
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
      - matchers: [{prefix: /}]
        routeAction: {single: {upstream: {name: deepseek}}}
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: deepseek}
spec:
  ai:
    deepseek:
      authToken: {secretRef: {name: key}}
      customHost: {host: 127.0.0.1, port: ${port}}
      engine: DEEPSEEK
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {Authorization: ${deepseekKey}}
`;

/** Starts both; tokens with the claim `role: developer` are let in. */
export async function startModelGateway(): Promise<ModelGateway> {
  const key = generatePrivateKey({ type: 'RSA', bits: '2048', curve: '' });
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string;
  const folder = createTempFolder();
  const deepseek = await createMockDeepseek({ apiKeys: [deepseekKey] });
  writeFileSync(folder.pathOf('gateway.yaml'), manifests(deepseek.port, publicPem));
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
