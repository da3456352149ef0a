import { describe, expect, it } from '@jest/globals';
import type { KeySet } from '../../../src/ir/jwt.ts';
import { envoyBootstrap } from '../../../src/xds/envoy-bootstrap.ts';
import {
  cluster,
  route,
  shared,
  table,
  verified,
  type TableParts as Parts,
} from '../../support/envoy-table.ts';

describe('envoyBootstrap', () => {
  it('is the same for equal tables', () => {
    const parts = { host: verified(), keySet: shared };
    const options = { address: '127.0.0.1' };
    expect(JSON.stringify(envoyBootstrap(table(parts), options))).toBe(
      JSON.stringify(envoyBootstrap(structuredClone(table(parts)), options)),
    );
  });

  it('names secrets, and writes them only when asked to', () => {
    const llm = {
      provider: 'deepseek',
      credential: { kind: 'secret', secret: 'ns/key@1' },
      authority: 'm.test',
    } as const;
    const tls = { certificateSecret: 'ns/crt@1', keySecret: 'ns/key@2', sniDomains: [] };
    const parts = {
      host: { ...verified(), tls },
      clusters: [{ ...cluster, llm }],
      keySet: shared,
      tls: true,
    };
    const secrets = {
      'ns/key@1': 'sk-100%',
      'ns/crt@1': 'CERTIFICATE',
      'ns/key@2': 'PRIVATE',
      'keys/oct@1': 'c2VjcmV0',
    };
    const named = envoyBootstrap(table(parts), { address: '::' });
    expect(named.references.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'file secrets/keys.jwks.json',
      'environment SEEKGATE_NS_KEY_1',
      'file secrets/ns/crt@1',
      'file secrets/ns/key@2',
    ]);
    const written = envoyBootstrap(table(parts), { address: '::', secrets });
    expect(written.references).toEqual([]);
    const text = JSON.stringify(written.bootstrap);
    // Envoy reads % as the start of a command.
    for (const value of ['Bearer sk-100%%', 'CERTIFICATE', 'PRIVATE', 'c2VjcmV0']) {
      expect(text).toContain(value);
      expect(JSON.stringify(named)).not.toContain(value);
    }
  });

  it('writes a key once for each algorithm, since Envoy compares no other', () => {
    const { bootstrap } = envoyBootstrap(table({ host: verified(), keySet: shared }), {
      address: '::',
      secrets: { 'keys/oct@1': 'abc' },
    });
    const jwks = JSON.stringify({
      keys: ['HS256', 'HS512'].map((alg) => ({ kty: 'oct', alg, k: 'abc' })),
    });
    expect(JSON.stringify(bootstrap)).toContain(JSON.stringify(jwks));
  });

  const llm = { provider: 'openai', credential: { kind: 'none' }, authority: 'm.test' } as const;
  it.each([
    ['the provider kc without keys', { host: verified() }],
    ['the provider kc without a token source', { host: verified({ sources: [] }), keySet: shared }],
    [
      'several model servers behind one Upstream',
      { clusters: [{ ...cluster, endpoints: [], pools: [] }] },
    ],
    ['a model put into requests', { clusters: [{ ...cluster, llm: { ...llm, model: 'm' } }] }],
  ] satisfies [string, Parts][])('closes a route for %s, and says so', (what, parts) => {
    const { bootstrap, notes } = envoyBootstrap(table(parts), { address: '::' });
    expect(notes).toEqual([
      {
        place: 'virtual host ns.vs, route r',
        what: what,
        effect: 'closed',
      },
    ]);
    const text = JSON.stringify(bootstrap);
    expect(text).toContain('"direct_response":{"status":500');
    expect(text).not.toContain('"route":{');
  });

  it('says that claims choose routes in a weaker way', () => {
    const claimsToHeaders = [{ claim: 'org', header: 'x-org', append: false }];
    const [matcher] = route().matchers;
    const header = { name: 'x-org', kind: 'exact', value: 'a', invert: false } as const;
    const one = verified({ claimsToHeaders });
    const chosen = { ...route(), matchers: matcher ? [{ ...matcher, headers: [header] }] : [] };
    const { bootstrap, notes } = envoyBootstrap(
      table({ host: { ...one, routes: [chosen, ...one.routes] }, keySet: shared }),
      { address: '::' },
    );
    expect(notes.map(({ effect }) => effect)).toEqual(['different', 'different']);
    expect(JSON.stringify(bootstrap)).toContain('"clear_route_cache":true');
  });

  it('fetches keys from a cluster of their server, with TLS by the URL', () => {
    const keySet: KeySet = {
      kind: 'remote',
      id: 'keys',
      url: 'https://issuer.test/jwks',
      cacheDurationMs: 300_000,
    };
    const { bootstrap } = envoyBootstrap(table({ host: verified(), keySet }), { address: '::' });
    const { clusters } = bootstrap['static_resources'] as { clusters: readonly unknown[] };
    expect(clusters).toHaveLength(2);
    expect(clusters[1]).toMatchObject({
      name: 'jwks:https://issuer.test',
      type: 'STRICT_DNS',
      transport_socket: {
        typed_config: {
          common_tls_context: {
            validation_context: {
              match_typed_subject_alt_names: [
                { san_type: 'DNS', matcher: { exact: 'issuer.test' } },
              ],
            },
          },
        },
      },
    });
  });

  it.each([
    ['an address', [{ host: '10.0.0.1', port: 1, weight: 1 }], 'STATIC', 1],
    ['a weight of zero', [{ host: 'a.test', port: 1, weight: 0 }], 'STATIC', 0],
    ['a name', [{ host: 'a.test', port: 1, weight: 3 }], 'STRICT_DNS', 1],
  ])('reaches %s', (_name, endpoints, type, count) => {
    const { bootstrap } = envoyBootstrap(table({ clusters: [{ ...cluster, endpoints }] }), {
      address: '::',
    });
    const { clusters } = bootstrap['static_resources'] as {
      clusters: readonly {
        type: string;
        load_assignment: { endpoints: readonly { lb_endpoints: readonly unknown[] }[] };
      }[];
    };
    expect(clusters[0]?.type).toBe(type);
    expect(clusters[0]?.load_assignment.endpoints[0]?.lb_endpoints).toHaveLength(count);
  });
});
