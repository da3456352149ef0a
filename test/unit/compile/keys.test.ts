import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';

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
});
