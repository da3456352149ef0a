import type { Random } from './random.ts';

type ByteEdit = (bytes: Buffer, random: Random) => Buffer;

const splice = (bytes: Buffer, at: number, cut: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);

/** Changes of the bytes of a connection, whatever they mean. */
export const byteEdits: readonly (readonly [string, ByteEdit])[] = [
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
