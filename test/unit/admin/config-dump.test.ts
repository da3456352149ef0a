import { describe, expect, it } from '@jest/globals';
import { configDump } from '../../../src/admin/config-dump.ts';
import type { RoutingTable } from '../../../src/ir/table.ts';
import { adminFacts } from '../../support/admin-facts.ts';

const table: RoutingTable = {
  version: 'v1',
  listeners: [],
  virtualHosts: {
    'default.x': {
      name: 'default.x',
      domains: ['*'],
      routes: [],
      providers: {},
      claimHeaders: [],
      tls: { certificateSecret: 'default/cert@11', keySecret: 'default/key@22', sniDomains: [] },
    },
  },
  clusters: {
    deepseek_default: {
      name: 'deepseek_default',
      endpoints: [],
      connectTimeoutMs: 1,
      maxConnections: 1,
      llm: {
        provider: 'deepseek',
        credential: { kind: 'secret', secret: 'default/deepseek@33' },
        authority: 'api.deepseek.com',
      },
    },
  },
  keySets: {
    k1: {
      kind: 'remote',
      id: 'k1',
      url: 'https://user:pass@keys.example/jwks?apikey=abc',
      cacheDurationMs: 1,
    },
    k2: {
      kind: 'local',
      id: 'k2',
      keys: [{ kty: 'oct', algorithms: ['HS256'], jwk: {}, secret: 'default/hmac@44' }],
    },
  },
};

describe('config dump', () => {
  const dump = configDump(
    adminFacts({ table: () => table, publishedAtMs: () => Date.parse('2030-01-01T00:00:00Z') }),
  );
  const text = JSON.stringify(dump);

  it('shows the table in force', () => {
    expect(dump).toMatchObject({
      publishedAt: '2030-01-01T00:00:00.000Z',
      table: { version: 'v1', virtualHosts: { 'default.x': { domains: ['*'] } } },
    });
  });

  it('names secrets by a hash only', () => {
    expect(dump).toMatchObject({
      table: {
        virtualHosts: {
          'default.x': {
            tls: {
              certificateSecret: expect.stringMatching(/^sha256:[0-9a-f]{8}$/),
              keySecret: expect.stringMatching(/^sha256:[0-9a-f]{8}$/),
            },
          },
        },
        clusters: {
          deepseek_default: {
            llm: { credential: { secret: expect.stringMatching(/^sha256:[0-9a-f]{8}$/) } },
          },
        },
        keySets: { k2: { keys: [{ secret: expect.stringMatching(/^sha256:[0-9a-f]{8}$/) }] } },
      },
    });
    for (const id of ['@11', '@22', '@33', '@44']) expect(text).not.toContain(id);
  });

  it('shows no credentials of a URL', () => {
    expect(dump).toMatchObject({
      table: { keySets: { k1: { url: 'https://keys.example/jwks?[redacted]' } } },
    });
    expect(text).not.toMatch(/pass|abc/);
  });

  it('is complete before the first table', () => {
    expect(configDump(adminFacts())).toEqual({
      listening: {},
      table: null,
      outcomes: [],
      sourceProblems: [],
      keySets: [],
    });
  });
});
