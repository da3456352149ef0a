import { describe, expect, it } from '@jest/globals';
import { copyFindings, createFindings, shown } from '../../../src/compile/findings.ts';

const note = { reason: 'InvalidRoute', path: 'spec', what: 'wrong' } as const;

describe('createFindings', () => {
  it('says what was found and what is accepted, where both are given', () => {
    const findings = createFindings();
    findings.warn({ ...note, found: '1', accepted: '2' });
    findings.warn({ ...note, path: 'other', found: '1' });
    expect(findings.list.map(({ message }) => message)).toEqual([
      'wrong: found 1, accepted 2',
      'wrong',
    ]);
  });

  it('has errors only after an error', () => {
    const findings = createFindings();
    findings.warn(note);
    expect(findings.hasErrors()).toBe(false);
    findings.error(note);
    expect(findings.hasErrors()).toBe(true);
  });

  it('keeps what many routes find once', () => {
    const findings = createFindings();
    findings.warn(note);
    findings.warn(note);
    findings.warn({ ...note, path: 'elsewhere' });
    expect(findings.list.map(({ path }) => path)).toEqual(['spec', 'elsewhere']);
  });
});

describe('copyFindings', () => {
  it.each([
    [false, ['error', 'warning']],
    [true, ['warning', 'warning']],
  ])('as warnings: %s', (asWarnings, severities) => {
    const from = createFindings();
    from.error({ ...note, gloo: 'text of Gloo' });
    from.warn({ ...note, path: 'other' });
    const to = createFindings();
    copyFindings(from, to, () => asWarnings);
    expect(to.list.map(({ severity }) => severity)).toEqual(severities);
    expect(to.list[0]?.gloo).toBe('text of Gloo');
  });
});

describe('shown', () => {
  it('quotes, and cuts what is long', () => {
    expect(shown('a"b')).toBe('"a\\"b"');
    expect(shown('x'.repeat(100))).toHaveLength(82);
  });
});
