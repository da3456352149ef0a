import { beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { SignJWT } from 'jose';

import { systemClock } from '../../../src/base/clock.ts';
import { createTokenInspect } from '../../../src/cli/token-inspect.ts';
import { parseKeys } from '../../../src/cli/token-key-file.ts';
import { publicJwk } from '../../../src/cli/token-key.ts';
import { runCommand } from '../../support/command-run.ts';
import { openssl } from '../../support/openssl.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const now = 1_790_000_000;
const rsa = openssl('genrsa', '2048');
const other = openssl('genrsa', '2048');

const sign = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(parseKeys(rsa)[0]!.key);

const inspect = (args: readonly string[], input = '') =>
  runCommand(
    createTokenInspect({ ...systemClock, now: () => now * 1000 }, () => Promise.resolve(input)),
    args,
  );

describe('token inspect', () => {
  let sound = '';
  let seed = '';
  beforeAll(async () => {
    sound = await sign({ iss: 'https://i', aud: ['a'], sub: 'me', exp: now + 12_000, iat: now });
    // The token of the guide that people follow: milliseconds, no issuer, no audience.
    seed = await sign({ userId: 'abcd123', exp: 1_646_635_611_301 });
  });

  it('explains a sound token', async () => {
    const { code, stdout } = await inspect([sound]);
    expect(code).toBe(0);
    expect(stdout).toBe(`Header
  alg      "RS256"  (RSA PKCS#1 v1.5 with SHA-256)

Claims
  iss      "https://i"  (issuer)
  aud      ["a"]  (audience)
  sub      "me"  (subject)
  exp      1790012000  (expires: 2026-09-21 17:33:20 UTC, in 3 h 20 min)
  iat      1790000000  (issued: 2026-09-21 14:13:20 UTC, now)

Signature
  not checked: give --key FILE or --jwks FILE to check it

No warnings
`);
  });

  it('says all that is odd about the token with userId and exp in milliseconds', async () => {
    const { code, stdout } = await inspect([seed]);
    expect(code).toBe(0);
    expect(stdout).toContain('exp      1646635611301  (expires: year 54149, in 52123 y');
    expect(stdout.match(/^ {2}! \w+ is (?:in milliseconds|missing)/gm)).toEqual([
      '  ! exp is in milliseconds',
      '  ! iss is missing',
      '  ! aud is missing',
    ]);
  });

  it('says that the claim expiry ends nothing', async () => {
    const token = await sign({ userId: 'abcd123', expiry: 1_646_635_611_301 });
    const { stdout } = await inspect([token]);
    expect(stdout).toContain('! expiry is no registered claim');
    expect(stdout).toContain('! exp is missing: the token never expires');
  });

  it.each([[[]], [['-']]])('reads standard input on %j', async (args) => {
    expect((await inspect(args, `Bearer ${sound}\n`)).stdout).toContain('"https://i"');
  });

  it('checks the signature with a key or a JWKS', async () => {
    using folder = createTempFolder();
    writeFileSync(folder.pathOf('public.pem'), rsa);
    writeFileSync(folder.pathOf('other.pem'), other);
    const jwks = await Promise.all([other, rsa].map((pem) => publicJwk(parseKeys(pem)[0]!)));
    writeFileSync(folder.pathOf('jwks.json'), JSON.stringify({ keys: jwks }));
    const good = await inspect([sound, '--key', folder.pathOf('public.pem')]);
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('valid, by the key')]);
    const bySet = await inspect([sound, '--jwks', folder.pathOf('jwks.json')]);
    expect([bySet.code, bySet.stdout]).toEqual([0, expect.stringContaining('valid, by the key')]);
    const bad = await inspect([sound, '--key', folder.pathOf('other.pem')]);
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining('not valid by the key')]);
  });

  it('ends with 1 on what is no token', async () => {
    expect(await inspect(['abc'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not a token'),
    });
  });

  it('does not let a claim write to the terminal', async () => {
    const { stdout } = await inspect([await sign({ '\u001b[2J': '\u001b[31mred' })]);
    expect(stdout).not.toContain('\u001b');
  });

  it('takes one token only', async () => {
    await expect(inspect(['a', 'b'])).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
