import { describe, expect, it } from '@jest/globals';
import type { ImportKeys } from '../../../src/ir/key-import.ts';
import { rememberImports } from '../../../src/jwt/remembered-imports.ts';

function counting(): { importKeys: ImportKeys; texts: string[] } {
  const texts: string[] = [];
  const importKeys: ImportKeys = (text) => {
    texts.push(text);
    return Promise.resolve({ keys: [], findings: [] });
  };
  return { importKeys: rememberImports(importKeys), texts };
}

describe('rememberImports', () => {
  it('reads a text once', async () => {
    const { importKeys, texts } = counting();
    const first = await importKeys('a', { allowWeakKeys: false });
    expect(await importKeys('a', { allowWeakKeys: false })).toBe(first);
    expect(texts).toEqual(['a']);
  });

  it('reads it again when weak keys are judged in another way', async () => {
    const { importKeys, texts } = counting();
    await importKeys('a', { allowWeakKeys: false });
    await importKeys('a', { allowWeakKeys: true });
    expect(texts).toEqual(['a', 'a']);
  });

  it('forgets the oldest of more than 4096', async () => {
    const { importKeys, texts } = counting();
    for (let index = 0; index <= 4096; index += 1) {
      await importKeys(String(index), { allowWeakKeys: false });
    }
    await importKeys('4096', { allowWeakKeys: false });
    await importKeys('0', { allowWeakKeys: false });
    expect(texts.slice(-2)).toEqual(['4096', '0']);
  });
});
