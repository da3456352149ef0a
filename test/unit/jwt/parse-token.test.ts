import { describe, expect, test } from '@jest/globals';

import { parseToken } from '../../../src/jwt/parse-token.ts';
import { encodePart } from '../../support/token-factory.ts';

const goodHeader = { alg: 'RS256' };
const signature = 'AAAA';

function build(header: unknown, payload: unknown): string {
  return `${encodePart(header)}.${encodePart(payload)}.${signature}`;
}

function bodyOf(token: string): string {
  const parsed = parseToken(token);
  return 'body' in parsed ? parsed.body : 'good';
}

describe('parseToken: form', () => {
  const good = build(goodHeader, {});
  const text = 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections';
  test.each([
    '',
    '.',
    '..',
    'a',
    'a.b',
    'a.b.',
    '.a.b',
    'a..b',
    `${good}.`,
    `.${good}`,
    `${good}.x`,
    `${good}.x.y`,
    'Bearer :',
    '{"payload":"x"}',
  ])('%j', (token) => {
    expect(bodyOf(token)).toBe(text);
  });
});

describe('parseToken: header', () => {
  test.each<[string, string]>([
    ['a+b/.e30.AAAA', 'Jwt header is an invalid Base64url encoded'],
    ['e30=.e30.AAAA', 'Jwt header is an invalid Base64url encoded'],
    [' e30.e30.AAAA', 'Jwt header is an invalid Base64url encoded'],
    ['e31.e30.AAAA', 'Jwt header is an invalid Base64url encoded'],
  ])('%j: %s', (token, body) => {
    expect(bodyOf(token)).toBe(body);
  });

  test.each<[string, unknown]>([
    ['no JSON', 'x'],
    ['a list', []],
    ['a text', '"x"'],
    ['a member twice', '{"alg":"RS256","alg":"none"}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a byte order mark', '\ufeff{"alg":"RS256"}'],
    ['text behind it', '{"alg":"RS256"}x'],
    ['overlong UTF-8', Buffer.from('{"alg":"\xc0\xae"}', 'latin1')],
  ])('%s is an invalid JSON', (_what, header) => {
    expect(bodyOf(build(header, {}))).toBe('Jwt header is an invalid JSON');
  });

  test.each<[unknown]>([[{}], ['null'], [{ alg: null }], [{ alg: 256 }], [{ alg: ['RS256'] }]])(
    '%j has no alg',
    (header) => {
      expect(bodyOf(build(header, {}))).toBe(
        'Jwt header [alg] field is required and must be a string',
      );
    },
  );

  test.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'rs256',
    'ES256K',
    'Ed25519',
    'HS1',
    'RS256 ',
    'RSA-OAEP',
    '__proto__',
    'constructor',
  ])('alg %j is not supported', (alg) => {
    expect(bodyOf(build({ alg }, {}))).toBe('Jwt header [alg] is not supported');
  });

  test.each<[unknown]>([[1], [null], [['a']], [{}], [true]])('kid %j is no text', (kid) => {
    expect(bodyOf(build({ alg: 'RS256', kid }, {}))).toBe('Jwt header [kid] field is not a string');
  });

  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ kid: '' }, undefined],
    [{ kid: '../../etc/passwd' }, '../../etc/passwd'],
  ])('kid of %j', (extra, kid) => {
    const parsed = parseToken(build({ ...goodHeader, ...extra }, {}));
    expect('body' in parsed ? parsed.body : parsed.kid).toBe(kid);
  });

  test.each<[object, boolean]>([
    [{}, false],
    [{ crit: [] }, true],
    [{ crit: ['exp'] }, true],
    [{ crit: 'exp' }, true],
    [{ crit: null }, true],
    [{ b64: false }, true],
    [{ b64: 'x' }, true],
    [{ b64: true }, false],
    [{ typ: 'x', cty: 'y', jku: 'https://evil', jwk: {}, x5u: 'z', x5c: [], zip: 'DEF' }, false],
  ])('%j asks for an unknown extension: %s', (extra, critical) => {
    const parsed = parseToken(build({ ...goodHeader, ...extra }, {}));
    expect('body' in parsed ? parsed.body : parsed.critical).toBe(critical);
  });
});

describe('parseToken: payload', () => {
  test('base64url', () => {
    const [header] = build(goodHeader, {}).split('.');
    for (const payload of ['a+b/', 'e30=', 'e 30', 'e31']) {
      expect(bodyOf(`${header}.${payload}.AAAA`)).toBe(
        'Jwt payload is an invalid Base64url encoded',
      );
    }
  });

  test.each<[string, unknown]>([
    ['no JSON', 'x'],
    ['null', 'null'],
    ['a list', []],
    ['a token in a token', build(goodHeader, {})],
    ['single quotes', "{'sub':'x'}"],
    ['a member twice', '{"sub":"a","sub":"b"}'],
    ['a member twice, inside', '{"x":{"a":1,"a":1}}'],
    ['a byte order mark', '\ufeff{}'],
    ['NaN', '{"exp":NaN}'],
    ['a number beyond a double', '{"exp":1e400}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['5000 levels', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('%s is an invalid JSON', (_what, payload) => {
    expect(bodyOf(build(goodHeader, payload))).toBe('Jwt payload is an invalid JSON');
  });

  test.each(
    ['iss', 'sub', 'jti'].flatMap((claim) =>
      [1, null, true, ['x'], {}].map((value): [string, unknown] => [claim, value]),
    ),
  )('%s %j is not a string', (claim, value) => {
    expect(bodyOf(build(goodHeader, { [claim]: value }))).toBe(
      `Jwt payload [${claim}] field is not a string`,
    );
  });

  const times = ['iat', 'nbf', 'exp'];

  test.each(
    times.flatMap((claim) =>
      ['1', null, true, [1], {}].map((value): [string, unknown] => [claim, value]),
    ),
  )('%s %j is not an integer', (claim, value) => {
    expect(bodyOf(build(goodHeader, { [claim]: value }))).toBe(
      `Jwt payload [${claim}] field is not an integer`,
    );
  });

  test.each(
    times.flatMap((claim) =>
      ['-1', '-0.5', '18446744073709551615', '18446744073709551616', '1e300'].map(
        (value): [string, string] => [claim, value],
      ),
    ),
  )('%s %s is not a positive 64 bit integer', (claim, value) => {
    expect(bodyOf(build(goodHeader, `{"${claim}":${value}}`))).toBe(
      `Jwt payload [${claim}] field is not a positive 64 bit integer`,
    );
  });

  test.each([
    ['0', 0],
    ['1.9', 1],
    ['1e3', 1000],
    ['9223372036854775808', 2 ** 63],
    ['1646635611301', 1646635611301],
  ])('exp %s is read as %d seconds', (value, seconds) => {
    const parsed = parseToken(build(goodHeader, `{"exp":${value}}`));
    expect('body' in parsed ? parsed.body : parsed.exp).toBe(seconds);
  });

  test.each<[unknown]>([[1], [null], [true], [{}], [['a', 1]], [[null]]])(
    'aud %j is not a string or string list',
    (aud) => {
      expect(bodyOf(build(goodHeader, { aud }))).toBe(
        'Jwt payload [aud] field is not a string or string list',
      );
    },
  );

  test.each<[unknown, readonly string[]]>([
    [undefined, []],
    ['a', ['a']],
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ])('aud %j', (aud, audiences) => {
    const parsed = parseToken(build(goodHeader, { aud }));
    expect('body' in parsed ? parsed.body : parsed.audiences).toEqual(audiences);
  });
});

describe('parseToken: signature and order', () => {
  test('base64url', () => {
    const unsigned = build(goodHeader, {}).replace(/AAAA$/, '');
    for (const text of ['a+b/', 'AAA=', 'AA AA', 'AB', 'T, Basic x', 'T"']) {
      expect(bodyOf(`${unsigned}${text}`)).toBe('Jwt signature is an invalid Base64url encoded');
    }
  });

  test('the first fault in this order is the one told', () => {
    const steps: [unknown, unknown, string][] = [
      [{ alg: 'x', kid: 1 }, 'x', 'Jwt header [alg] is not supported'],
      [{ alg: 'RS256', kid: 1 }, 'x', 'Jwt header [kid] field is not a string'],
      [goodHeader, 'x', 'Jwt payload is an invalid JSON'],
      [goodHeader, { iss: 1, sub: 1 }, 'Jwt payload [iss] field is not a string'],
      [goodHeader, { sub: 1, iat: '' }, 'Jwt payload [sub] field is not a string'],
      [goodHeader, { iat: '', nbf: '' }, 'Jwt payload [iat] field is not an integer'],
      [goodHeader, { nbf: '', exp: '' }, 'Jwt payload [nbf] field is not an integer'],
      [goodHeader, { exp: '', jti: 1 }, 'Jwt payload [exp] field is not an integer'],
      [goodHeader, { jti: 1, aud: 1 }, 'Jwt payload [jti] field is not a string'],
      [goodHeader, { aud: 1 }, 'Jwt payload [aud] field is not a string or string list'],
    ];
    for (const [header, payload, body] of steps) {
      expect(bodyOf(`${encodePart(header)}.${encodePart(payload)}.==`)).toBe(body);
    }
  });

  test('a good one comes apart', () => {
    const claims = { iss: 'me', nbf: 1, exp: 2, aud: 'a', constructor: 'x' };
    expect(parseToken(build({ alg: 'ES256', kid: 'k' }, claims))).toMatchObject({
      alg: 'ES256',
      kid: 'k',
      critical: false,
      claims,
      iss: 'me',
      nbf: 1,
      exp: 2,
      audiences: ['a'],
      signature: Buffer.from([0, 0, 0]),
    });
  });
});
