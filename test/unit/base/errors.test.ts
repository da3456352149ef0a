import { describe, expect, it } from '@jest/globals';
import { AppError, appErrorTexts, messageOf } from '../../../src/base/errors.ts';

describe('AppError', () => {
  it('keeps its code, and the error it came from', () => {
    const cause = new Error('EADDRINUSE');
    const error = new AppError('ERR_LISTEN', 'port 8080 is taken', cause);
    expect(error).toMatchObject({ code: 'ERR_LISTEN', message: 'port 8080 is taken', cause });
  });

  it('has no cause where none is given', () => {
    expect(new AppError('ERR_USAGE', 'no files')).not.toHaveProperty('cause');
  });
});

describe('appErrorTexts', () => {
  it('has one sentence of its own for every code', () => {
    const texts = Object.values(appErrorTexts);
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
  });
});

describe('messageOf', () => {
  it.each([
    ['an error', new Error('it broke'), 'it broke'],
    ['a text', 'it broke', 'it broke'],
    ['nothing', undefined, 'undefined'],
  ])('tells %s', (_title, thrown, text) => {
    expect(messageOf(thrown)).toBe(text);
  });
});
