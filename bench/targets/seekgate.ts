import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { audience, issuer, role, type Credentials } from '../harness/credentials.ts';

/** Writes a folder of manifests: verify the token by a local JWKS, ask for a claim, forward. JSON is YAML. */
export function writeManifests(folder: string, credentials: Credentials, upstream: number): void {
  mkdirSync(folder, { recursive: true });
  const resources = [virtualService(credentials), upstreamResource(upstream)];
  const text = resources.map((resource) => JSON.stringify(resource, null, 2)).join('\n---\n');
  writeFileSync(join(folder, 'bench.yaml'), `${text}\n`);
}

function virtualService(credentials: Credentials): object {
  const jwks = { local: { key: JSON.stringify(credentials.jwks) } };
  const principals = [{ jwtPrincipal: { claims: { role } } }];
  return {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'bench', namespace: 'default' },
    spec: {
      virtualHost: {
        domains: ['*'],
        options: {
          jwt: { providers: { bench: { issuer, audiences: [audience], jwks } } },
          rbac: { policies: { developers: { principals } } },
        },
        routes: [
          {
            matchers: [{ prefix: '/' }],
            routeAction: { single: { upstream: { name: 'upstream', namespace: 'default' } } },
          },
        ],
      },
    },
  };
}

function upstreamResource(port: number): object {
  return {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'upstream', namespace: 'default' },
    spec: { static: { hosts: [{ addr: '127.0.0.1', port }] } },
  };
}
