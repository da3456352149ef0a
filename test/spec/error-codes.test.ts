import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { appErrorTexts } from '../../src/base/errors.ts';

const textOf = (pattern: string, except: string) =>
  globSync(pattern)
    .filter((file) => !file.endsWith(except))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

const sources = textOf('src/**/*.ts', 'base/errors.ts');
const tests = textOf('test/{unit,integration}/**/*.test.ts', 'base/errors.test.ts');
const page = readFileSync('docs/reference/errors.md', 'utf8');
const codes = Object.keys(appErrorTexts);

describe('error codes', () => {
  it('are all thrown', () => {
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('are all expected by a test', () => {
    expect(codes.filter((code) => !tests.includes(code))).toEqual([]);
  });

  it('are all documented', () => {
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
