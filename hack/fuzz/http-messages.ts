import type { Random } from './random.ts';

/** What a client sends on one connection. */
export interface ClientScript {
  readonly kinds: readonly string[];
  readonly bytes: Buffer;
  /** Places at which a new write begins, in order. */
  readonly cuts: readonly number[];
  /** `stay` until the gateway closes, `leave` when all is answered, `end` or `reset` right after the last write. */
  readonly ending: 'stay' | 'leave' | 'end' | 'reset';
}

interface Message {
  line: string;
  /** Whole lines without their end. */
  headers: string[];
  body: string;
  /** Ends of lines, in turn. */
  eol: string;
}

const prefix = 'GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n';
const hidden = [
  prefix,
  `0\r\n\r\n${prefix}`,
  `\r\n0\r\n\r\n${prefix}`,
  `x=1\r\n\r\n${prefix}`,
  'GET /smuggled HTTP/1.1\r\nX-Ignore: ',
  `${prefix}${prefix}`,
];

/** Composes what one connection sends: messages, spoiled or not, and when which piece goes out. */
export function clientScript(random: Random, goodToken: string): ClientScript {
  const kinds: string[] = [];
  const count = random.pick([1, 1, 1, 2, 2, 3, 5]);
  const texts: string[] = [];
  const spoiledAt = random.chance(0.9) ? random.below(count) : -1;
  for (let index = 0; index < count; index += 1) {
    const message = goodMessage(random, goodToken, index);
    if (index === spoiledAt || random.chance(0.05)) {
      for (let edits = random.pick([1, 1, 1, 2, 3]); edits > 0; edits -= 1) {
        const [kind, edit] = random.pick(messageEdits);
        kinds.push(kind);
        edit(message, random);
      }
    }
    texts.push(textOf(message));
  }
  let bytes: Buffer = Buffer.from(texts.join(''), 'latin1');
  if (random.chance(0.25)) {
    const [kind, edit] = random.pick(byteEdits);
    kinds.push(kind);
    bytes = edit(bytes, random);
  }
  const cuts = Array.from({ length: random.pick([0, 0, 1, 2, 6]) }, () =>
    random.below(bytes.length + 1),
  );
  const ending = random.pick([
    'leave',
    'leave',
    'leave',
    'leave',
    'leave',
    'leave',
    'leave',
    'leave',
    'end',
    'reset',
    'stay',
  ] as const);
  return { kinds, bytes, cuts: cuts.toSorted((a, b) => a - b), ending };
}

const targets = [
  '/',
  '/a',
  '/a/b?c=d&e',
  '/guarded/x',
  '/guarded',
  '/%61?q=%2e%2e',
  '/a/../b',
  '/a/./c',
  '//x//y',
  '/v1/models/org%2Fname',
  '/?',
  '/a;b=c',
  '/%7Euser',
  '/x?access_token=',
];

function goodMessage(random: Random, goodToken: string, index: number): Message {
  const method = random.pick([
    'GET',
    'GET',
    'POST',
    'POST',
    'POST',
    'PUT',
    'DELETE',
    'HEAD',
    'OPTIONS',
    'PATCH',
  ]);
  const headers = ['Host: a.example', `X-Index: ${index}`];
  if (random.chance(0.3))
    headers.push(`Authorization: Bearer ${random.chance(0.6) ? goodToken : `${goodToken}x`}`);
  if (random.chance(0.2))
    headers.push(
      random.pick([
        'X-Sub: evil',
        'x_sub: evil',
        'X-Forwarded-For: 1.2.3.4',
        'Cookie: a=b',
        'Accept: */*',
        'Connection: keep-alive',
        'Referer: http://a/',
      ]),
    );
  const message = {
    line: `${method} ${random.pick(targets)} HTTP/1.1`,
    headers,
    body: '',
    eol: '\r\n',
  };
  if (/^(?:POST|PUT|PATCH)/.test(method) || random.chance(0.1)) addBody(message, random);
  return message;
}

function addBody(message: Message, random: Random): void {
  const content = random.chance(0.7)
    ? random.pick(hidden)
    : random.text('abc\r\n0;: ', random.pick([0, 1, 5, 40, 3000, 70_000]));
  if (random.chance(0.5)) {
    message.headers.push(`Content-Length: ${content.length}`);
    message.body = content;
    return;
  }
  message.headers.push('Transfer-Encoding: chunked');
  const half = random.below(content.length + 1);
  const pieces = [content.slice(0, half), content.slice(half)].filter((piece) => piece !== '');
  message.body = `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
}

function textOf({ line, headers, body, eol }: Message): string {
  return `${[line, ...headers].join(eol)}${eol}${eol}${body}`;
}

type MessageEdit = (message: Message, random: Random) => void;

const dropFraming = (message: Message): void => {
  message.headers = message.headers.filter(
    (line) => !/^(?:content-length|transfer-encoding)/i.test(line),
  );
};

const lengths = (length: number): readonly string[] => [
  `Content-Length: ${length}`,
  `Content-Length: +${length}`,
  `Content-Length: -${length}`,
  `Content-Length: 0${length}`,
  `Content-Length: 0x${length.toString(16)}`,
  `Content-Length: ${length},${length}`,
  `Content-Length: ${length}, ${length + 1}`,
  `Content-Length: ${length} ${length}`,
  `Content-Length: ${length};`,
  `Content-Length: ${length}.0`,
  `Content-Length: ${length}e0`,
  `Content-Length:${length}`,
  `Content-Length: ${length}\t `,
  `Content-Length:\t${length}`,
  `Content-Length: ${length}\u000b`,
  `Content-Length: \u000c${length}`,
  `Content-Length: ${length}\u0000`,
  `Content-Length:\r\n ${length}`,
  `Content-Length\u0000: ${length}`,
  `Content-Length : ${length}`,
  ` Content-Length: ${length}`,
  `Content_Length: ${length}`,
  `content-length: ${length}`,
  'Content-Length:',
  'Content-Length: 0',
  'Content-Length: 99999999999999999999',
  'Content-Length: 18446744073709551617',
  'Content-Length: 4294967297',
  `Content-Length: ${Math.max(0, length - 1)}`,
  `Content-Length: ${length + 1}`,
  'Content-Length: 5',
  `Content-Length: ${length}\r\nContent-Length: ${length}`,
  `Content-Length: ${length}\r\nContent-Length: 0`,
  `Content-Length: 0\r\nContent-Length: ${length}`,
  `X: y\rContent-Length: ${length}`,
  `X: y\nContent-Length: ${length}`,
];

const codings = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'transfer-encoding: CHUNKED',
  'Transfer-Encoding:chunked',
  'Transfer-Encoding:  chunked ',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked\t',
  'Transfer-Encoding: \u000bchunked',
  'Transfer-Encoding: chunked\u000c',
  'Transfer-Encoding: chunked\u0000',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunkedx',
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: , chunked',
  'Transfer-Encoding: chunked,',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding:',
  'Transfer-Encoding: chun\u0000ked',
  'Transfer-Encoding: chunk\u00e9d',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding:\r\n\tchunked',
  'Transfer-Encoding: x\r\n chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  '\tTransfer-Encoding: chunked',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding\u0000: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked',
];

const junkLines = [
  'X-A: a\u0000b',
  'X-A: a\rb',
  'X-A: a\nb',
  'X-A: a\r\n b',
  'X-A: a\r\n\tContent-Length: 5',
  'X-A',
  ': x',
  'X A: b',
  'X-A : b',
  'X-A\u0000: b',
  'X-Ä: b',
  'X-A: \u00e9\u00ff',
  'X-A: \u007f',
  'X-A: \u0001',
  '"X": b',
  'X[a]: b',
  'X{a}: b',
  `X-A: ${'a'.repeat(10_000)}`,
  `X-A: ${'a'.repeat(20_000)}`,
  `${'a'.repeat(9000)}: b`,
  Array.from({ length: 120 }, (_one, at) => `X-${at}: 1`).join('\r\n'),
  'Connection: close',
  'Connection: X-Index, Host',
  'Connection: content-length',
  'Connection: transfer-encoding, authorization',
  'Connection: x-sub',
  'Connection: ,,,;',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  'Upgrade: TLS/1.0',
  'Expect: 100-continue',
  'Expect: 100-Continue',
  'Expect: 100-continue\r\nExpect: 100-continue',
  'Expect: 100-continue, x',
  'Expect: nonsense',
  'TE: trailers, chunked',
  'Trailer: X-A',
  'Trailer: Content-Length, Host',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: keep-alive',
  'Proxy-Authorization: Basic x',
  'X-Forwarded-For: 127.0.0.1, evil',
  'X-Forwarded-Proto: https',
  'X-Request-Id: a b',
  'Content-Type: multipart/form-data; boundary=\u0000',
  'HTTP/1.1 200 OK',
  'GET /smuggled HTTP/1.1',
];

const hosts = [
  [],
  ['Host:'],
  ['Host: a', 'Host: b'],
  ['Host: a', 'host: a'],
  ['Host: a, b'],
  ['Host: a@b'],
  ['Host: a/b'],
  ['Host: a:b'],
  ['Host: a:80:80'],
  ['Host: [::1]:80'],
  ['Host: [::1'],
  ['Host: A.Example:8080'],
  ['Host: a..'],
  ['Host: a b'],
  ['Host: a\tb'],
  ['Host: a#b'],
  ['Host: a?b'],
  ['Host: \u00e9'],
  ['Host: a%00b'],
  ['Host : a'],
  [' Host: a'],
  ['X: y', '\tHost: a'],
  ['Host: localhost', 'X-Forwarded-Host: b'],
];

const lines: readonly ((message: Message, random: Random) => string)[] = [
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/1.0'),
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/0.9'),
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/2.0'),
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/1.2'),
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/1.10'),
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/01.1'),
  ({ line }) => line.replace('HTTP/1.1', 'http/1.1'),
  ({ line }) => line.replace('HTTP/1.1', 'HTTP/1.1 HTTP/1.1'),
  ({ line }) => line.replace('HTTP/1.1', 'RTSP/1.0'),
  ({ line }) => line.replace(' HTTP/1.1', ''),
  ({ line }) => line.replaceAll(' ', '  '),
  ({ line }) => line.replaceAll(' ', '\t'),
  ({ line }) => line.replace(' ', '\u000b'),
  ({ line }) => ` ${line}`,
  ({ line }) => `\r\n${line}`,
  ({ line }) => `\n${line}`,
  ({ line }) => `\r\n\r\n\r\n${line}`,
  ({ line }) => `\r${line}`,
  ({ line }) => `${line} `,
  ({ line }) => `\ufeff${line}`,
  ({ line }) => line.toLowerCase(),
  ({ line }, random) =>
    line.replace(
      /^\w+/,
      random.pick([
        'FOO',
        'TRACE',
        'CONNECT',
        'PRI',
        'M-SEARCH',
        'QUERY',
        'PROPFIND',
        'PURGE',
        'get',
        'GET\u0000',
        '',
        'G'.repeat(9000),
        'SOURCE',
        'BIND',
        'DESCRIBE',
        'SETUP',
      ]),
    ),
  ({ line }, random) => line.replace(/ \S+ /, ` ${random.pick(oddTargets)} `),
  ({ line }, random) => line.replace(/ \S+ /, ` ${random.pick(oddTargets)} `),
  ({ line }) => line.replace(/ \S+ /, ' * '),
  ({ line }) => line.replace(' /', ' http://b.example/'),
  ({ line }) => line.replace(' /', ' HTTPS://b.example:443/'),
  ({ line }) => line.replace(/ \S+ /, ' http://b.example '),
  ({ line }) => line.replace(/ \S+ /, ' http://b.example?x '),
  ({ line }) => line.replace(/ \S+ /, ' http://u:p@b.example/ '),
  ({ line }) => line.replace(/ \S+ /, ' ftp://b.example/ '),
  ({ line }) => line.replace(/ \S+ /, ' a.example:443 '),
  ({ line }) => line.replace(' /', ' //b.example/'),
];

const oddTargets = [
  '/guarded/../open',
  '/open/../guarded/x',
  '/open/%2e%2e/guarded/x',
  '/%2e%2e/guarded',
  '/open/..%2fguarded',
  '/open/..;/guarded',
  '/open/..%5cguarded',
  '/open\\..\\guarded',
  '/open/.%2e/guarded',
  '//guarded/x',
  '/./guarded',
  '/%67uarded/x',
  '/GUARDED/x',
  '/guarded%2fx',
  '/guarded%00',
  '/guarded/\u0000',
  '/guarded#x',
  '/a#/guarded',
  '/%252e%252e/guarded',
  '/open/%c0%ae%c0%ae/guarded',
  '/a b',
  '/\u00e9',
  '/%',
  '/%zz',
  '/%u002e',
  '/a?b#c',
  '/a?b c',
  '/a?\u0000',
  '/?x=/../guarded',
  '',
  'guarded',
  '*',
  '/..',
  '/../../..',
  `/${'a'.repeat(9000)}`,
  `/${'../'.repeat(2000)}guarded`,
  `/${'%2e%2e/'.repeat(1000)}`,
  `/?${'&'.repeat(7000)}`,
  '/x?access_token=x&access_token=y',
  '/x?%61ccess_token=x',
  '/;/guarded',
  '/a/..;x=y/guarded',
  '/a/..%09/guarded',
  '/a/..%20/guarded',
  '/a/%20../guarded',
  '/{}|^`<>"',
];

const chunkEdits: readonly ((body: string, random: Random) => string)[] = [
  (body) => body.replace('\r\n', ';a=b\r\n'),
  (body) => body.replace('\r\n', ';a="b\r\n"\r\n'),
  (body) => body.replace('\r\n', ';\n\r\n'),
  (body) => body.replace('\r\n', ';\r\r\n'),
  (body) => body.replace('\r\n', ' \r\n'),
  (body) => body.replace('\r\n', '\t;x\r\n'),
  (body) => body.replace('\r\n', '\n'),
  (body) => body.replace('\r\n', '\r'),
  (body) => body.replace('\r\n', '\r\r\n'),
  (body) => body.replace('\r\n', ` ${'x'.repeat(10)}\r\n`),
  (body) => body.replace('\r\n', `;${'x'.repeat(20_000)}\r\n`),
  (body) => `0x${body}`,
  (body) => `+${body}`,
  (body) => `-${body}`,
  (body) => ` ${body}`,
  (body) => `\r\n${body}`,
  (body) => `000000000000${body}`,
  (body) => `${'0'.repeat(3000)}${body}`,
  (body) => `10000000000000000${body}`,
  (body) => `FFFFFFFFFFFFFFFF\r\n${body}`,
  (body) => `7fffffffffffffff\r\n${body}`,
  (body) => body.replace(/^[0-9a-f]+/, (size) => size.toUpperCase()),
  (body) => body.replace(/^[0-9a-f]+/, (size) => (Number.parseInt(size, 16) + 1).toString(16)),
  (body) =>
    body.replace(/^[0-9a-f]+/, (size) => Math.max(0, Number.parseInt(size, 16) - 1).toString(16)),
  (body) => body.replace(/^[0-9a-f]+/, ''),
  (body) => body.replace(/^[0-9a-f]+/, 'g'),
  (body) => body.replace(/\r\n0\r\n\r\n$/, '0\r\n\r\n'),
  (body) => body.replace(/\r\n0\r\n\r\n$/, 'X\r\n0\r\n\r\n'),
  (body) => body.replace(/\r\n0\r\n\r\n$/, '\n0\n\n'),
  (body) => body.replace(/0\r\n\r\n$/, '0\r\nX-Trailer: 1\r\n\r\n'),
  (body) =>
    body.replace(/0\r\n\r\n$/, '0\r\nContent-Length: 5\r\nHost: evil\r\nX-Sub: evil\r\n\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, '0\r\nTransfer-Encoding: chunked\r\n\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, '0\r\nX: \u0000\r\n\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, '0\r\n X: folded\r\n\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, `0\r\n${'X: 1\r\n'.repeat(3000)}\r\n`),
  (body) => body.replace(/0\r\n\r\n$/, '0;x\r\n\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, '00000\r\n\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, '0\n\n'),
  (body) => body.replace(/0\r\n\r\n$/, '0\r\r'),
  (body) => body.replace(/0\r\n\r\n$/, '0\r\n'),
  (body) => body.replace(/0\r\n\r\n$/, ''),
];

const messageEdits: readonly (readonly [string, MessageEdit])[] = [
  [
    'length',
    (message, random) =>
      void (dropFraming(message), message.headers.push(random.pick(lengths(message.body.length)))),
  ],
  [
    'coding',
    (message, random) => void (dropFraming(message), message.headers.push(random.pick(codings))),
  ],
  ['length and coding', bothFramings],
  ['length and coding', bothFramings],
  ['line', (message, random) => void (message.line = random.pick(lines)(message, random))],
  ['line', (message, random) => void (message.line = random.pick(lines)(message, random))],
  [
    'host',
    (message, random) =>
      void (message.headers = [...random.pick(hosts), ...message.headers.slice(1)]),
  ],
  ['header line', junk],
  ['header line', junk],
  ['chunks', chunked],
  ['chunks', chunked],
  [
    'ends of lines',
    (message, random) =>
      void (message.eol = random.pick([
        '\n',
        '\r',
        '\r\r\n',
        '\n\r',
        '\r\n ',
        '\u2028',
        '\r\n\r\n',
        '',
      ])),
  ],
  ['no body', (message) => void (message.body = '')],
  [
    'body without framing',
    (message, random) => void (dropFraming(message), (message.body = random.pick(hidden))),
  ],
  [
    'half of the body',
    (message) => void (message.body = message.body.slice(0, message.body.length / 2)),
  ],
];

function bothFramings(message: Message, random: Random): void {
  dropFraming(message);
  const both = [random.pick(lengths(message.body.length)), random.pick(codings)];
  message.headers.push(...(random.chance(0.5) ? both : both.toReversed()));
}

function junk(message: Message, random: Random): void {
  message.headers.splice(random.below(message.headers.length + 1), 0, random.pick(junkLines));
}

function chunked(message: Message, random: Random): void {
  dropFraming(message);
  message.headers.push('Transfer-Encoding: chunked');
  const content = random.pick(hidden);
  const body = `${content.length.toString(16)}\r\n${content}\r\n0\r\n\r\n`;
  message.body = random.pick(chunkEdits)(body, random);
}

type ByteEdit = (bytes: Buffer, random: Random) => Buffer;

const splice = (bytes: Buffer, at: number, cut: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);

const byteEdits: readonly (readonly [string, ByteEdit])[] = [
  [
    'bit',
    (bytes, random) => {
      const copy = Buffer.from(bytes);
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    },
  ],
  [
    'insert',
    (bytes, random) => {
      const put = random.pick([
        '\r',
        '\n',
        '\r\n',
        '\u0000',
        ' ',
        ':',
        '\t',
        '0',
        '\r\n\r\n',
        'a',
        '\u00ff',
        '\u0080',
      ]);
      return splice(bytes, random.below(bytes.length + 1), 0, Buffer.from(put, 'latin1'));
    },
  ],
  [
    'delete',
    (bytes, random) =>
      splice(bytes, random.below(bytes.length), 1 + random.below(8), Buffer.alloc(0)),
  ],
  [
    'repeat',
    (bytes, random) => {
      const at = random.below(bytes.length);
      return splice(bytes, at, 0, bytes.subarray(at, at + 1 + random.below(60)));
    },
  ],
  ['truncate', (bytes, random) => bytes.subarray(0, random.below(bytes.length))],
  [
    'noise',
    (bytes, random) =>
      splice(bytes, random.below(bytes.length), 4, random.bytes(1 + random.below(30))),
  ],
  ['only noise', (_bytes, random) => random.bytes(random.below(500))],
  ['nothing', () => Buffer.alloc(0)],
];
