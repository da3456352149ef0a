import { describe, expect, it } from '@jest/globals';
import { secretSource } from '../../../src/xds/translation.ts';
import { translationOf } from '../../support/envoy-table.ts';

describe('secretSource', () => {
  it('is a file of that name, and told', () => {
    const translation = translationOf({});
    expect(secretSource('ns/a@1', translation)).toEqual({ filename: 'secrets/ns/a@1' });
    expect(translation.references).toMatchObject([{ kind: 'file', name: 'secrets/ns/a@1' }]);
  });

  it('is the value where values are written', () => {
    expect(secretSource('a', translationOf({}, { a: 'v' }))).toEqual({ inline_string: 'v' });
  });
});
