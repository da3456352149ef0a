import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { installEnvoy } from '../../hack/envoy.ts';
import type { Matcher } from '../../src/ir/matcher.ts';
import type { Route, RoutingTable, VirtualHost } from '../../src/ir/table.ts';
import { envoyBootstrap } from '../../src/xds/envoy-bootstrap.ts';
import { cluster, host, provider, route } from '../support/envoy-table.ts';
import { keysFolder } from '../support/golden-story.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const limitMs = 60_000;

type Json = Record<string, unknown>;

const { crv, x, y } = JSON.parse(
  readFileSync(join(keysFolder, 'ec-p384.jwk.json'), 'utf8'),
) as Record<'crv' | 'x' | 'y', string>;

function tableOf(hosts: readonly VirtualHost[], algorithms: readonly string[]): RoutingTable {
  const named = hosts.map((one, index) => ({ ...one, name: `ns.vs-${index}` }));
  const keys = [{ kty: 'EC', algorithms, jwk: { crv, x, y } }] as const;
  return {
    version: '1',
    listeners: [
      {
        name: 'default',
        port: 8080,
        tls: false,
        stripPort: false,
        virtualHosts: named.map(({ name }) => name),
      },
    ],
    virtualHosts: Object.fromEntries(named.map((one) => [one.name, one])),
    clusters: { c: { ...cluster, endpoints: [{ host: '127.0.0.1', port: 1, weight: 1 }] } },
    keySets: { keys: { kind: 'local', id: 'keys', keys } },
  };
}

/** A virtual host with a verification, a policy and one route. */
function guarded(
  changes: Partial<Route> = {},
  domains: readonly string[] = ['a.test'],
): VirtualHost {
  const stage = { validation: 'REQUIRE_VALID', providers: ['kc'] } as const;
  const claim = { path: ['org', 'name'], matcher: 'EXACT_STRING', value: 'x' } as const;
  const policy = { name: 'p', principals: [{ claims: [claim] }], pathPrefix: '/a/', methods: [] };
  const jwt = { afterExtAuth: stage };
  const only = route({ jwt, rbac: { policies: [policy] }, ...changes });
  return host({ domains, providers: { kc: provider() }, routes: [only] });
}

function matching(path: string): readonly Matcher[] {
  const kind = 'regex';
  return [
    { path: { kind, value: path, caseSensitive: true }, headers: [], query: [], methods: [] },
  ];
}

interface Config {
  readonly hosts?: readonly VirtualHost[];
  readonly algorithms?: readonly string[];
  /** Of the text of the configuration: what the translation would not write. */
  readonly edit?: (text: string) => string;
}

/** Whether a real Envoy takes the configuration that is made of the table, without what the compiler keeps out of tables. */
async function takes({
  hosts = [guarded()],
  algorithms = ['ES384'],
  edit,
}: Config): Promise<boolean> {
  using folder = createTempFolder();
  const { bootstrap } = envoyBootstrap(tableOf(hosts, algorithms), {
    address: '127.0.0.1',
    secrets: {},
  });
  const text = JSON.stringify(bootstrap);
  const edited = edit?.(text) ?? text;
  if (edit) expect(edited).not.toBe(text);
  await folder.write('envoy.json', edited);
  const flags = ['--mode', 'validate', '-l', 'off', '-c', folder.pathOf('envoy.json')];
  try {
    execFileSync(installEnvoy(), flags, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const zero = { cluster: 'c', weight: 0 };
const noShares = { kind: 'forward', destinations: [zero, zero], timeoutMs: 0 } as const;

function withEmptyStep(text: string): string {
  return text.replace('"key":"org"', '"key":""');
}

function withoutPrincipals(text: string): string {
  const whole = JSON.parse(text) as Json;
  const edited: unknown = JSON.parse(JSON.stringify(whole), (key, value: unknown) =>
    key === 'principals' ? [] : value,
  );
  return JSON.stringify(edited);
}

describe('whole-config: what a real Envoy refuses as a whole, and here costs only its own resource', () => {
  it(
    'takes it without the fault',
    async () => {
      expect(await takes({})).toBe(true);
    },
    limitMs,
  );

  it.each<readonly [string, Config]>([
    ['a P-384 key that is said to be for ES256, as a PEM is', { algorithms: ['ES256'] }],
    ['a policy without principals', { edit: withoutPrincipals }],
    ['a look-around', { hosts: [guarded({ matchers: matching('/(?=a)') })] }],
    ['a repeat over 1000', { hosts: [guarded({ matchers: matching('/a{1001}') })] }],
    [
      'an expression over the limit of Envoy',
      {
        hosts: [guarded({ matchers: matching('/([a-z]{40}[0-9]{40}){3}') })],
        edit: (text) => text.replace(/,"layered_runtime":.*$/, '}'),
      },
    ],
    ['an empty step in a nested claim', { edit: withEmptyStep }],
    ['weights of zero', { hosts: [guarded({ action: noShares })] }],
    [
      'a matcher without a path',
      { edit: (text) => text.replace('"match":{"prefix":"/"}', '"match":{}') },
    ],
    ['one domain of two hosts', { hosts: [guarded(), guarded()] }],
  ])(
    '%s',
    async (_what, config) => {
      expect(await takes(config)).toBe(false);
    },
    limitMs,
  );
});

describe('domain-port: what a real Envoy takes, and here the older host keeps', () => {
  it(
    'a domain of one host, with a port of another',
    async () => {
      const hosts = [guarded({}, ['a.test']), guarded({}, ['a.test:8080'])];
      expect(await takes({ hosts })).toBe(true);
    },
    limitMs,
  );
});
