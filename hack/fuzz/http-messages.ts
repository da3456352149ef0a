import { byteEdits } from './byte-edits.ts';
import { chunkEdits, codings, hosts, junkLines, lengths, requestLines } from './http-spellings.ts';
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
  [
    'line',
    (message, random) => void (message.line = random.pick(requestLines)(message.line, random)),
  ],
  [
    'line',
    (message, random) => void (message.line = random.pick(requestLines)(message.line, random)),
  ],
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
