import { describe, expect, it } from '@jest/globals';

import { tokenFindings } from '../../../src/cli/token-findings.ts';

const now = 1_790_000_000;
const sound = { iss: 'i', aud: 'a', exp: now + 60 };

function findings(payload: object, header: object = { alg: 'RS256' }, signature = 'x'): string {
  const token = { header: { ...header }, payload: { ...payload }, signature, compact: '' };
  return tokenFindings(token, now).join('\n');
}

describe('token findings', () => {
  it('has none for a sound token', () => {
    expect(findings(sound)).toBe('');
  });

  it.each([
    [
      'exp in milliseconds',
      { ...sound, exp: 1_646_635_611_301 },
      'exp is in milliseconds: 1646635611301 means the year 54149; in seconds it would be 1646635611 (2022-03-07 06:46:51 UTC)',
    ],
    ['nbf in milliseconds', { ...sound, nbf: now * 1000 }, 'nbf is in milliseconds'],
    ['iat in milliseconds', { ...sound, iat: now * 1000 }, 'iat is in milliseconds'],
    ['exp as text', { ...sound, exp: '1790000060' }, 'exp is not a number'],
    [
      'a claim called expiry',
      { ...sound, expiry: 1_646_635_611_301 },
      'expiry is no registered claim',
    ],
    ['no exp', { iss: 'i', aud: 'a' }, 'exp is missing: the token never expires'],
    ['no iss', { aud: 'a', exp: now + 1 }, 'iss is missing'],
    ['no aud', { iss: 'i', exp: now + 1 }, 'aud is missing'],
    ['the past', { ...sound, exp: now - 3600 }, 'the token expired 1 h ago'],
    ['a time to come', { ...sound, nbf: now + 300 }, 'not valid yet: nbf is in 5 min'],
    ['a clock ahead', { ...sound, iat: now + 300 }, 'clock is ahead'],
  ])('warns of %s', (_title, payload, words) => {
    expect(findings(payload)).toContain(words);
  });

  it.each([
    ['alg none', { alg: 'none' }, '', 'alg is none'],
    ['alg None', { alg: 'None' }, '', 'alg is none'],
    ['no alg', {}, 'x', 'alg is missing'],
    ['an empty signature', { alg: 'RS256' }, '', 'the signature is empty'],
    ['a shared secret', { alg: 'HS256' }, 'x', 'shared secret'],
    ['crit', { alg: 'RS256', crit: ['b64'] }, 'x', 'crit names header extensions'],
    [
      'a key in the header',
      { alg: 'RS256', jku: 'https://x' },
      'x',
      'jku in the header offers a key',
    ],
  ])('warns of %s', (_title, header, signature, words) => {
    expect(findings(sound, header, signature)).toContain(words);
  });
});
