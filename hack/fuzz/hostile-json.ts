import type { Random } from './random.ts';

/** Texts that somebody once read in another way than somebody else. */
const strings = [
  '',
  ' ',
  'admin',
  'admin ',
  'ADMIN',
  '\uff41dmin',
  'a\r\nx-role: admin',
  'a\nb',
  'a\u0000b',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u{1f600}',
  '\ud800',
  'é',
  '\ufeffadmin',
  '"',
  '\\',
  '../../etc/passwd',
  "' or 1=1 --",
  'https://kc.example',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  'x'.repeat(5000),
  '\t',
  '<script>',
  '%0d%0a',
];

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-10,
  1e21,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  1.7976931348623157e308,
];

/** A JSON value of any type. */
export function hostileValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 6 : 9)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(numbers);
    case 3:
      return random.below(2 ** 31);
    case 4:
    case 5:
      return random.pick(strings);
    case 6:
      return Array.from({ length: random.below(4) }, () => hostileValue(random, depth + 1));
    case 7:
      return nested(random.pick([5, 29, 30, 31, 32, 33, 60, 400]), random.chance(0.5));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [
          random.pick(['a', 'er', 'role', '__proto__', 'constructor', 'toString', '', 'é']),
          hostileValue(random, depth + 1),
        ]),
      );
  }
}

function nested(depth: number, lists: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = lists ? [value] : { a: value };
  return value;
}

/** Another text for an object: equal for some reader, not JSON for another, a member twice, and so on. */
export function twinText(value: Readonly<Record<string, unknown>>, random: Random): string {
  const text = JSON.stringify(value);
  const name = random.pick(Object.keys(value).concat('alg'));
  const member = `${JSON.stringify(name)}:${JSON.stringify(hostileValue(random))}`;
  const twins: readonly (() => string)[] = [
    () => text.replaceAll('"', "'"),
    () => text.replace(/"(\w+)":/, '$1:'),
    () => text.replace(/\}$/, ',}'),
    () => text.replace('{', '{/**/'),
    () => `${text} // end`,
    () => `${text}x`,
    () => `${text}${text}`,
    () => `\ufeff${text}`,
    () => `[${text}]`,
    () => text.replaceAll(':', ' : ').replaceAll(',', '\n,\t'),
    () => ` \r\n${text}\t `,
    () => `\u00a0${text}`,
    () => `${text}\u0000`,
    () => text.replace('{', `{${member},`),
    () => text.replace(/\}$/, `,${member}}`),
    () =>
      text.replace(/"(\w)/, (_all, first: string) => `"\\u00${first.charCodeAt(0).toString(16)}`),
    () =>
      text.replace(
        '{',
        `{"\\u00${name.charCodeAt(0).toString(16).padStart(2, '0')}${name.slice(1)}":1,`,
      ),
    () =>
      text.replace(
        /\d+/,
        random.pick([
          '01',
          '+1',
          '.5',
          '1.',
          '1e400',
          'NaN',
          'Infinity',
          '0x10',
          '1e3',
          '-0',
          '9007199254740993',
          '99999999999999999999',
          '1'.repeat(400),
        ]),
      ),
    () => text.replace(/"([^"]*)"/, '"$1\n"'),
    () => text.replace(/"([^"]*)"/, '"$1\\ud800"'),
    () => text.replace(/"([^"]*)"/, '"$1\\x41"'),
    () => text.replace('{', '{"__proto__":{"alg":"none","role":"admin"},'),
    () => text.replace('{', '{"constructor":{"prototype":{"role":"admin"}},'),
    () => text.slice(0, random.below(text.length)),
    () => random.pick(['null', '[]', '""', '0', 'true', '{}', '', '{', '"a"', '[{}]']),
    () => '['.repeat(random.pick([31, 33, 5000])),
    () => text.replace('{', `{"pad":"${'p'.repeat(random.pick([100, 4000, 11_000]))}",`),
    () => text.replace('{', `{"deep":${'['.repeat(2000)}${']'.repeat(2000)},`),
    () => text.replace('{', `{"slashes":"${'\\\\'.repeat(2000)}\\"${'\\"'.repeat(1000)}",`),
    () =>
      text.replace(
        '{',
        `{${Array.from({ length: 500 }, (_one, at) => `"m${at}":${at}`).join(',')},`,
      ),
  ];
  return random.pick(twins)();
}

/** Bytes in place of a text: some of them no UTF-8. */
export function spoiledBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  const bad = random.pick([[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5], [0x80], [0x00]]);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(bad), bytes.subarray(at)]);
}
