import type { Random } from './random.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Types of frames (RFC 9113 section 6). */
const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

const END_STREAM = 1;
const END_HEADERS = 4;

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** What one client sends over HTTP/2: good requests among frames that nobody should send, then changed bytes. */
export function frameBytes(random: Random): Buffer {
  const frames: Frame[] = [{ type: types.settings, flags: 0, stream: 0, payload: Buffer.alloc(0) }];
  for (let stream = 1; stream < 2 + 2 * random.pick([1, 2, 5, 30]); stream += 2) {
    frames.push(...requestFrames(random, stream));
    if (random.chance(0.5)) frames.push(...random.pick(oddities)(random, stream));
  }
  let bytes = Buffer.concat([Buffer.from(preface), ...frames.map(bytesOf)]);
  for (let edits = random.pick([0, 0, 1, 1, 3]); edits > 0; edits -= 1) {
    // The preface stays: without it nothing is HTTP/2.
    const at = preface.length + random.below(bytes.length - preface.length);
    const put = random.bytes(random.pick([0, 1, 1, 9]));
    const cut = random.pick([0, 1, 1, 9]);
    bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
  }
  return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

function bytesOf({ type, flags, stream, payload }: Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK in its plainest form: literals that are not remembered (RFC 7541 section 6.2.2). */
function fieldBytes([name, value]: readonly [string, string]): Buffer {
  const text = (one: string): Buffer => {
    const bytes = Buffer.from(one, 'latin1');
    const length = bytes.length < 127 ? [bytes.length] : [127, ...varint(bytes.length - 127)];
    return Buffer.concat([Buffer.from(length), bytes]);
  };
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [128 | (value & 127), ...varint(value >> 7)];
}

const injected = 'a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

const oddFields: readonly (readonly [string, string])[] = [
  [':path', '/second'],
  [':path', injected],
  [':authority', 'b'],
  [':authority', injected],
  [':method', 'CONNECT'],
  [':method', `GET / HTTP/1.1\r\nx: `],
  [':scheme', 'ftp'],
  [':protocol', 'websocket'],
  [':unknown', 'x'],
  ['host', 'b'],
  ['Host', 'a'],
  ['X-Upper', 'a'],
  ['x-a', injected],
  ['x-a', 'b\u0000c'],
  ['x-a', 'b\nc'],
  [injected, 'x'],
  ['x a', 'b'],
  ['x:a', 'b'],
  ['', 'x'],
  ['connection', 'close'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'websocket'],
  ['keep-alive', 'x'],
  ['te', 'chunked'],
  ['te', 'trailers'],
  ['content-length', '5'],
  ['content-length', '0'],
  ['content-length', '-1'],
  ['content-length', '5, 5'],
  ['expect', '100-continue'],
  ['trailer', 'x-a'],
  ['x-sub', 'evil'],
  ['x-a', 'a'.repeat(20_000)],
  ['cookie', 'a=b'],
];

function requestFrames(random: Random, stream: number): Frame[] {
  const hasBody = random.chance(0.4);
  const fields: (readonly [string, string])[] = [
    [':method', hasBody ? 'POST' : 'GET'],
    [':scheme', 'http'],
    [':authority', 'a.example'],
    [
      ':path',
      random.pick(['/', '/a/../b', '/guarded', '/a?b=c', '/x/%2e%2e/guarded', '*', '', 'a']),
    ],
  ];
  if (random.chance(0.5)) fields.splice(random.below(5), random.below(2), random.pick(oddFields));
  if (random.chance(0.02)) fields.push(...Array.from({ length: 200 }, () => ['x-a', 'b'] as const));
  const block = Buffer.concat(fields.map(fieldBytes));
  const flags = hasBody ? 0 : END_STREAM;
  const frames: Frame[] = [];
  const pieces = random.chance(0.2) ? random.pick([2, 5, 400]) : 1;
  for (let piece = 0; piece < pieces; piece += 1) {
    const size = Math.ceil(block.length / pieces);
    const last = piece === pieces - 1 ? END_HEADERS : 0;
    frames.push({
      type: piece === 0 ? types.headers : types.continuation,
      flags: (piece === 0 ? flags : 0) | last,
      stream,
      payload: block.subarray(piece * size, (piece + 1) * size),
    });
  }
  if (hasBody) {
    const payload = Buffer.from(random.pick(['', 'hello', injected, 'x'.repeat(9000)]));
    frames.push({ type: types.data, flags: random.chance(0.9) ? END_STREAM : 0, stream, payload });
  }
  return frames;
}

type Oddity = (random: Random, stream: number) => readonly Frame[];

const several = (count: number, frame: Frame): readonly Frame[] =>
  Array.from({ length: count }, () => frame);

const oddities: readonly Oddity[] = [
  (random, stream) =>
    several(random.pick([1, 300]), {
      type: types.reset,
      flags: 0,
      stream,
      payload: Buffer.alloc(4),
    }),
  (random) =>
    several(random.pick([1, 500]), {
      type: types.ping,
      flags: 0,
      stream: 0,
      payload: random.bytes(8),
    }),
  (random) =>
    several(random.pick([1, 300]), {
      type: types.settings,
      flags: random.below(2),
      stream: random.below(2),
      payload: random.bytes(random.pick([0, 5, 6, 12])),
    }),
  (random, stream) => [
    {
      type: types.window,
      flags: 0,
      stream: random.pick([0, stream]),
      payload: Buffer.from(random.pick([[0, 0, 0, 0], [127, 255, 255, 255], [0, 0, 0, 1], [0]])),
    },
  ],
  (random, stream) =>
    several(random.pick([1, 2000]), {
      type: types.continuation,
      flags: 0,
      stream,
      payload: Buffer.alloc(random.pick([0, 10])),
    }),
  (random, stream) => [{ type: types.priority, flags: 0, stream, payload: random.bytes(5) }],
  (random, stream) => [{ type: types.push, flags: END_HEADERS, stream, payload: random.bytes(20) }],
  (random) => [
    { type: types.goaway, flags: 0, stream: 0, payload: random.bytes(random.pick([0, 8, 20])) },
  ],
  (random, stream) => [
    {
      type: types.data,
      flags: random.below(16),
      stream: random.pick([0, stream, 1, 2]),
      payload: random.bytes(random.below(300)),
    },
  ],
  (random, stream) => [
    {
      type: types.headers,
      flags: END_HEADERS | END_STREAM,
      stream,
      payload: fieldBytes(random.pick(oddFields)),
    },
  ],
  (random, stream) => [
    {
      type: types.headers,
      flags: random.below(64),
      stream: random.pick([0, 2, stream]),
      payload: random.bytes(random.below(200)),
    },
  ],
  (random) => [
    {
      type: random.below(256),
      flags: random.below(256),
      stream: random.below(10),
      payload: random.bytes(random.below(40)),
    },
  ],
];
