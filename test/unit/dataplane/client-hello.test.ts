import { describe, expect, test } from '@jest/globals';

import { readClientHello } from '../../../src/dataplane/client-hello.ts';

const number = (value: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
};
const sized = (size: number, content: Buffer): Buffer =>
  Buffer.concat([number(content.length, size), content]);

const extension = (type: number, content: Buffer): Buffer =>
  Buffer.concat([number(type, 2), sized(2, content)]);

const serverName = (name: string | Buffer, type = 0): Buffer =>
  extension(0, sized(2, Buffer.concat([number(type, 1), sized(2, Buffer.from(name))])));

function message(extensions: Buffer | undefined, type = 1): Buffer {
  const body = Buffer.concat([
    Buffer.alloc(34),
    sized(1, Buffer.alloc(32)),
    sized(2, Buffer.alloc(4)),
    sized(1, Buffer.alloc(1)),
    extensions === undefined ? Buffer.alloc(0) : sized(2, extensions),
  ]);
  return Buffer.concat([number(type, 1), sized(3, body)]);
}

const record = (content: Buffer, type = 22, version = 0x0301): Buffer =>
  Buffer.concat([number(type, 1), number(version, 2), sized(2, content)]);

const other = extension(43, Buffer.from([2, 3, 4]));
const whole = message(Buffer.concat([other, serverName('Api.Test')]));

describe('readClientHello', () => {
  test.each<[string, Buffer, ReturnType<typeof readClientHello>]>([
    ['a name behind other extensions', record(whole), { serverName: 'api.test' }],
    ['no name', record(message(other)), { serverName: undefined }],
    ['no extensions', record(message(undefined)), { serverName: undefined }],
    [
      'several records',
      Buffer.concat([
        record(whole.subarray(0, 3)),
        record(whole.subarray(3, 60)),
        record(whole.subarray(60)),
      ]),
      { serverName: 'api.test' },
    ],
    [
      'more behind it',
      Buffer.concat([record(whole), Buffer.from([20, 3, 1])]),
      { serverName: 'api.test' },
    ],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'none'],
    ['another record', record(whole, 21), 'none'],
    ['another version', record(whole, 22, 0x0200), 'none'],
    ['another message', record(message(other, 2)), 'none'],
    ['an empty record', record(Buffer.alloc(0)), 'none'],
    ['a name of another kind', record(message(serverName('a', 1))), 'none'],
    ['an empty name', record(message(serverName(''))), 'none'],
    ['a name with a zero', record(message(serverName('a\0b'))), 'none'],
    ['a name beyond ASCII', record(message(serverName('é'))), 'none'],
    ['a length behind the end', record(message(extension(0, number(9, 2)))), 'none'],
  ])('%s', (_name, bytes, expected) => {
    expect(readClientHello(bytes)).toEqual(expected);
  });

  test('waits for all of it, however it is cut', () => {
    const bytes = record(whole);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readClientHello(bytes.subarray(0, length))).toBe('more');
    }
  });

  test('no bytes make it throw', () => {
    const bytes = record(whole);
    for (let index = 0; index < bytes.length; index += 1) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[index] = value;
        expect(() => readClientHello(changed)).not.toThrow();
      }
    }
  });
});
