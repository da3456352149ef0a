import { describe, expect, it } from '@jest/globals';
import { keySetSource } from '../../../src/xds/key-set-document.ts';
import { shared, translationOf } from '../../support/envoy-table.ts';

describe('keySetSource', () => {
  it('is a text for public keys, each with its name and algorithm', () => {
    const jwk = { crv: 'P-256', x: 'x', y: 'y' };
    const keys = [{ kid: 'k', kty: 'EC', algorithms: ['ES256'], jwk }] as const;
    expect(keySetSource({ kind: 'local', id: 'i', keys }, translationOf({}))).toEqual({
      inline_string: JSON.stringify({ keys: [{ kty: 'EC', kid: 'k', alg: 'ES256', ...jwk }] }),
    });
  });

  it('is a file where secrets are not written', () => {
    const translation = translationOf({});
    if (shared.kind !== 'local') throw new Error('no local key set');
    expect(keySetSource(shared, translation)).toEqual({ filename: 'secrets/keys.jwks.json' });
    expect(translation.references).toHaveLength(1);
  });
});
