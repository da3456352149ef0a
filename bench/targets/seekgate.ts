import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { audience, issuer, role, type Credentials } from '../harness/credentials.ts';

export interface SeekgateSetup {
  readonly credentials: Credentials;
  readonly upstreamPort: number;
  /** The upstream is a model server: its key is put in, and looked for in answers. */
  readonly model: boolean;
}

/** Writes a folder of manifests: verify the token by a local JWKS, ask for a claim, forward. JSON is YAML. */
export function writeManifests(folder: string, setup: SeekgateSetup): void {
  mkdirSync(folder, { recursive: true });
  const resources = [virtualService(setup.credentials), upstream(setup)];
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

function upstream({ upstreamPort, model }: SeekgateSetup): object {
  const customHost = { host: '127.0.0.1', port: upstreamPort };
  const authToken = { inline: 'sk-0123456789abcdef0123456789abcdef' };
  return {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'upstream', namespace: 'default' },
    spec: model
      ? { ai: { deepseek: { authToken, customHost } } }
      : { static: { hosts: [{ addr: '127.0.0.1', port: upstreamPort }] } },
  };
}
