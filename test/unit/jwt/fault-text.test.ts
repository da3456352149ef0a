import { describe, expect, it } from '@jest/globals';

import { Trace } from '../../../src/base/trace.ts';
import { claims, key, now, other, provider, request, setup } from '../../support/jwt-stage.ts';
import { signToken } from '../../support/token-factory.ts';

async function notesOn(
  headers: Readonly<Record<string, string>>,
  parts: { readonly showValues?: boolean; readonly setup?: Parameters<typeof setup>[0] } = {},
): Promise<readonly string[]> {
  const { stage } = await setup(parts.setup);
  const trace = new Trace({ showValues: parts.showValues ?? false });
  await stage.authenticate({ ...request(headers), trace });
  trace.end('jwt', '');
  return trace.steps[0]?.notes ?? [];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const signed = (parts: object, header?: object) => bearer(signToken(key, claims(parts), header));

describe('what a trace says of a token', () => {
  it.each([
    ['a good one', signed({}), 'verifies: signed with ES256, kid "one"; expires in 300 s'],
    [
      'an end in milliseconds',
      signed({ exp: 1_646_635_611_301 }),
      'kid "one"; exp looks like milliseconds, it counts seconds since 1970',
    ],
    ['no end', signed({ exp: undefined }), 'no exp: it never expires'],
    [
      'an old one',
      signed({ exp: now - 600 }),
      'Jwt is expired: exp was 600 s ago, 60 s are allowed',
    ],
    ['one of later', signed({ nbf: now + 90 }), 'nbf is 90 s ahead, 60 s are allowed'],
    [
      'another issuer',
      signed({ iss: 'https://secret.test' }),
      'iss is another, wanted "https://issuer.test"',
    ],
    [
      'a slash more',
      signed({ iss: 'https://issuer.test/' }),
      'only a final slash or the case differs',
    ],
    ['no issuer', signed({ iss: undefined }), 'iss is absent, wanted'],
    ['no audience', signed({ aud: [] }), 'aud is absent or empty, accepted "api"'],
    [
      'other audiences',
      signed({ aud: ['secret', 'b'] }),
      'none of the 2 in aud is accepted, accepted "api"',
    ],
    ['an audience in capitals', signed({ aud: 'API' }), 'only the case differs from "api"'],
    [
      'another kid',
      signed({}, { alg: 'ES256', kid: 'gone' }),
      'the token names kid "gone" and alg ES256; the keys are kid "one" for ES256',
    ],
    [
      'another key',
      bearer(signToken(other, claims(), { alg: 'ES256' })),
      'no key made this signature',
    ],
    ['crit', signed({}, { alg: 'ES256', crit: ['x'] }), 'the header has crit or b64'],
    ['two parts', bearer('a.b'), '2 parts, wanted 3'],
  ])('%s', async (_name, headers, ...texts) => {
    const notes = (await notesOn(headers)).join('\n');
    for (const text of texts) expect(notes).toContain(text);
    expect(notes).not.toContain('secret');
    expect(notes).not.toContain('eyJ');
  });

  it('begins with what is asked for and where it was looked for', async () => {
    expect(await notesOn({})).toEqual([
      'REQUIRE_VALID, by kc',
      'provider kc looked in query access_token: absent; header authorization: absent',
    ]);
    expect((await notesOn({ authorization: 'bearer x' }))[1]).toMatch(
      /header authorization: there, but not with "Bearer " \(authorization has .* in another case/,
    );
    expect((await notesOn({ authorization: 'Basic x' }))[1]).toMatch(/not with "Bearer "$/);
  });

  it('tells of a scheme where a place has no prefix', async () => {
    const custom = provider({ sources: [{ kind: 'header', name: 'x-token', prefix: '' }] });
    const notes = await notesOn(
      { 'x-token': 'Bearer x.y.z' },
      { setup: { providers: { kc: custom } } },
    );
    expect(notes.at(-1)).toContain('a word stands in front of the token');
  });

  it('tells why there are no keys, once, although it waited for them', async () => {
    const remote = {
      kind: 'remote',
      id: 'set',
      url: 'https://keys.test/',
      cacheDurationMs: 1000,
    } as const;
    const notes = await notesOn(signed({}), { setup: { keySets: { set: remote } } });
    expect(notes).toHaveLength(3);
    expect(notes.at(-1)).toContain('Jwks remote fetch is failed: key set is failed: ');
  });

  it('shows values of claims where the trace does', async () => {
    const show = { showValues: true };
    expect((await notesOn(signed({ iss: 'me' }), show)).at(-1)).toContain('iss is another ("me")');
    expect((await notesOn(signed({ aud: ['b'] }), show)).at(-1)).toContain('accepted (["b"])');
  });
});
