import type { Random } from './random.ts';

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const oddities = [
  '.',
  '..',
  '=',
  '==',
  '+',
  '/',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\u0000',
  ',',
  ';',
  '"',
  '%',
  '%2E',
  '\u00e9',
  '\u2024',
  '\uff0e',
  '\ud800',
  '\u200b',
  '{',
  '~',
  '*',
];

/** Changes the text of a token in one way. */
export function mutateText(token: string, random: Random): string {
  return random.pick(edits)(token, random);
}

type Edit = (token: string, random: Random) => string;

const insert = (token: string, at: number, text: string): string =>
  token.slice(0, at) + text + token.slice(at);

const replacePart = (token: string, random: Random, change: (part: string) => string): string => {
  const parts = token.split('.');
  const at = random.below(parts.length);
  parts[at] = change(parts[at] ?? '');
  return parts.join('.');
};

const edits: readonly Edit[] = [
  (token, random) => {
    const at = random.below(token.length);
    return insert(token.slice(0, at) + token.slice(at + 1), at, random.text(base64url, 1));
  },
  (token, random) => {
    const at = random.below(token.length);
    const code = token.charCodeAt(at) ^ (1 << random.below(8));
    return insert(token.slice(0, at) + token.slice(at + 1), at, String.fromCharCode(code));
  },
  (token, random) => insert(token, random.below(token.length + 1), random.pick(oddities)),
  (token, random) => random.pick(oddities) + token,
  (token, random) => token + random.pick(oddities),
  (token, random) => replacePart(token, random, (part) => part + random.pick(oddities)),
  (token, random) => replacePart(token, random, (part) => random.pick(oddities) + part),
  (token, random) => token.slice(0, random.below(token.length)),
  (token, random) => token.slice(random.below(token.length)),
  (token, random) => {
    const at = random.below(token.length);
    return token.slice(0, at) + token.slice(at + 1 + random.below(8));
  },
  (token, random) => {
    const at = random.below(token.length);
    return insert(token, at, token.slice(at, at + 1 + random.below(50)));
  },
  // The bits of the last character that do not count.
  (token, random) =>
    replacePart(token, random, (part) => {
      const last = base64url.indexOf(part.at(-1) ?? 'A');
      return part.slice(0, -1) + (base64url[last ^ (1 << random.below(4))] ?? 'A');
    }),
  (token, random) =>
    replacePart(token, random, (part) => part + '='.repeat((4 - (part.length % 4)) % 4 || 1)),
  (token, random) =>
    replacePart(token, random, (part) => part.replaceAll('-', '+').replaceAll('_', '/')),
  (token, random) => replacePart(token, random, () => ''),
  (token, random) => replacePart(token, random, (part) => part.toLowerCase()),
  (token, random) =>
    replacePart(token, random, (part) => Buffer.from(part, 'utf8').toString('base64url')),
  (token, random) => replacePart(token, random, (part) => part.repeat(random.pick([2, 3, 20]))),
  (token) => token.split('.').toReversed().join('.'),
  (token) => token.split('.').slice(0, 2).join('.') + '.',
  (token) => token.split('.').slice(0, 2).join('.'),
  (token) => `${token}.${token}`,
  (token, random) => `${token}.${random.text(base64url, 20)}.${random.text(base64url, 20)}`,
  (token) => `${token},${token}`,
  (token) => `Bearer ${token}`,
  (token) => encodeURIComponent(token.toWellFormed()).replaceAll('.', '%2e'),
  (token, random) => token + random.text(base64url, random.pick([1, 2, 3, 4, 500, 15_000])),
  (token, random) => random.text(base64url + '.', 1 + random.below(token.length)),
  (_token, random) => random.bytes(random.below(400)).toString('latin1'),
  (_token, random) => '.'.repeat(random.pick([0, 1, 2, 3, 100, 16_000])),
  (token) =>
    JSON.stringify({
      protected: token.split('.')[0],
      payload: token.split('.')[1],
      signature: token.split('.')[2],
    }),
];
