import { describe, expect, it } from '@jest/globals';
import { fieldPath } from '../../../src/compile/field-path.ts';

describe('fieldPath', () => {
  it.each([
    ['kc', 'spec.providers.kc'],
    ['my-issuer', 'spec.providers.my-issuer'],
    ['a.b', 'spec.providers["a.b"]'],
    ['https://ns/role', 'spec.providers["https://ns/role"]'],
    ['', 'spec.providers[""]'],
  ])('writes the member %j so that it can be read back', (name, path) => {
    expect(fieldPath('spec.providers', name)).toBe(path);
  });
});
