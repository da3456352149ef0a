import { describe, expect, it } from '@jest/globals';
import { envoyListener } from '../../../src/xds/envoy-listener.ts';
import { host, translationOf } from '../../support/envoy-table.ts';

function chainsOf(domains: readonly string[], sniDomains: readonly string[]) {
  const tls = { certificateSecret: 'crt', keySecret: 'key', sniDomains };
  const translation = translationOf({ host: host({ domains, tls }), tls: true });
  const [listener] = translation.table.listeners;
  if (!listener) throw new Error('no listener');
  const found = envoyListener(listener, '::', translation);
  const chains = found['filter_chains'] as readonly {
    filter_chain_match: { server_names: unknown };
  }[];
  const names = chains.map(({ filter_chain_match }) => filter_chain_match.server_names);
  return { names, hasDefault: 'default_filter_chain' in found };
}

describe('envoyListener', () => {
  it.each([
    ['its names only', ['a.test'], ['B.test', '*.c.test'], [['b.test', '*.c.test']], false],
    ['its domains, and what nobody else has', ['a.test:8443'], [], [['a.test']], true],
    ['everything', ['*'], [], [], true],
  ] as const)('serves with a certificate %s', (_name, domains, sni, names, hasDefault) => {
    expect(chainsOf(domains, sni)).toEqual({ names, hasDefault });
  });

  it('normalises paths as Gloo has it, and strips ports where asked to', () => {
    const translation = translationOf({});
    const [listener] = translation.table.listeners;
    if (!listener) throw new Error('no listener');
    const text = JSON.stringify(envoyListener({ ...listener, stripPort: true }, '::', translation));
    expect(text).toContain('"normalize_path":true,"merge_slashes":false');
    expect(text).toContain('"strip_any_host_port":true');
  });
});
