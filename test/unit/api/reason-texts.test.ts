import { describe, expect, it } from '@jest/globals';
import { reasons } from '../../../src/api/problem.ts';
import { reasonTexts } from '../../../src/api/reason-texts.ts';

describe('reasonTexts', () => {
  it('has one sentence of its own for every reason', () => {
    expect(Object.keys(reasonTexts).sort()).toEqual([...reasons].sort());
    expect(new Set(Object.values(reasonTexts)).size).toBe(reasons.length);
    for (const text of Object.values(reasonTexts)) expect(text).toMatch(/^[A-Z].*\.$/);
  });
});
