import { describe, expect, it } from '@jest/globals';
import type { Entry, ResourceSet } from '../../../src/api/resource.ts';
import { createCompileMemory } from '../../../src/compile/compile-memory.ts';
import { compile, type CompileOptions } from '../../../src/compile/compile.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';
import { checkRegex } from '../../../src/rbac/regex.ts';
import {
  compileYaml,
  echo,
  keyFile,
  localProvider,
  resourcesOf,
  toEcho,
  withSpec,
} from '../../support/resources.ts';

const options: CompileOptions = {
  httpPort: undefined,
  httpsPort: undefined,
  allowLocalUpstreams: 'off',
  lastGood: new Map(),
};

const jwt = { providers: { kc: localProvider } };
const host = (name: string) =>
  withSpec('VirtualService', name, {
    virtualHost: {
      domains: [name],
      options: { jwt },
      routes: [{ ...toEcho, options: { jwtProvidersStaged: { beforeExtAuth: jwt } } }],
    },
  });

describe('keysPass', () => {
  it('reads a text once, however many providers have it', async () => {
    const read: string[] = [];
    const tools = {
      importKeys: async (...call: Parameters<typeof importKeys>) => {
        read.push(call[0]);
        return importKeys(...call);
      },
    };
    const publicKey = localProvider.jwks.local.key;
    const short = withSpec('VirtualService', 'c', {
      domains: ['c'],
      jwt: { providers: [{ publicKey }] },
    });
    const compiled = await compileYaml(echo + host('a') + host('b') + short, {}, tools);
    expect(read).toEqual([publicKey]);
    expect(Object.keys(compiled.table.keySets)).toHaveLength(1);
  });

  it('reads those of the last good version as well', async () => {
    const first = await compileYaml(echo + host('a'));
    const broken = withSpec('VirtualService', 'a', { virtualHost: { domains: 5 } });
    const second = await compileYaml(echo + broken, { lastGood: first.accepted });
    expect(second.table).toEqual(first.table);
  });

  it('costs only the one resource that cannot be looked through', async () => {
    const good = resourcesOf(echo + host('a'));
    const [{ ref, resource, ...rest }] = resourcesOf(host('bad')).list('VirtualService') as [Entry];
    const spec = {
      get virtualHost(): never {
        throw new TypeError('cannot be read');
      },
    };
    const bad = { ...rest, ref, resource: { ...resource, spec } } as Entry;
    const resources: ResourceSet = {
      ...good,
      list: (kind) => {
        const entries = good.list(kind);
        return kind === 'VirtualService' ? [...entries, bad as (typeof entries)[number]] : entries;
      },
    };
    const result = await compile(resources, { importKeys, checkRegex }, options);
    expect(result.outcomes.map(({ ref: { name }, state }) => `${name} ${state}`)).toEqual([
      'a Accepted',
      'bad Rejected',
      'echo Accepted',
    ]);
  });

  it('reads nothing again that a compile with the same memory has read', async () => {
    const read: string[] = [];
    const tools = {
      checkRegex,
      importKeys: async (...call: Parameters<typeof importKeys>) => {
        read.push(call[0]);
        return importKeys(...call);
      },
    };
    const memory = createCompileMemory();
    const rsa = keyFile('rsa.public.pem');
    const other = host('b').replaceAll(
      JSON.stringify(localProvider.jwks.local.key),
      JSON.stringify(rsa),
    );
    await compile(resourcesOf(echo + host('a')), tools, { ...options, memory });
    await compile(resourcesOf(echo + host('a') + other), tools, { ...options, memory });
    expect(read).toEqual([localProvider.jwks.local.key, rsa]);
    const weak = withSpec('Settings', 'default', { seekgate: { allowWeakKeys: true } });
    await compile(resourcesOf(weak + echo + host('a')), tools, { ...options, memory });
    expect(read).toHaveLength(3);
  });
});
