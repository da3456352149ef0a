/** Types of frames. */
export const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  continuation: 9,
} as const;

/** A frame of HTTP/2, byte for byte. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | string = '',
): Buffer {
  const content = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(content.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, content]);
}

/** How a client begins. */
export const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(frameType.settings, 0, 0),
]);

/** Fields without compression: POST, or GET, of `/` at an authority, and more lines. */
export function fields(
  method: 'GET' | 'POST',
  authority: string,
  more: readonly (readonly [string, string])[] = [],
): Buffer {
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.from([method === 'GET' ? 0x82 : 0x83, 0x84, 0x87, 0x01]),
    text(authority),
    ...more.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])),
  ]);
}
