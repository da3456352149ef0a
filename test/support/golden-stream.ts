import { connect } from 'node:http2';
import type { Socket } from 'node:net';

import type { RawRequest, RawResponse } from './golden-client.ts';

/** Sends a request by HTTP/2 on a connection of its own; `:authority` is the first Host line. */
export function sendStream(socket: Socket, request: RawRequest): Promise<RawResponse> {
  const { method, target, lines, body } = request;
  const session = connect('https://golden.test', { createConnection: () => socket });
  const [authority] = lines.flatMap(([name, value]) => (name === 'host' ? [value] : []));
  const fields = [':method', method, ':path', target, ':scheme', 'https'];
  if (authority !== undefined) fields.push(':authority', authority);
  let isFirst = true;
  for (const [name, value] of lines) {
    if (name === 'host' && isFirst) isFirst = false;
    else fields.push(name.toLowerCase(), value);
  }
  return new Promise((resolve) => {
    let response: RawResponse = { status: 0, headers: [], body: '' };
    const chunks: Buffer[] = [];
    session.on('error', () => undefined);
    const stream = session.request(fields, { endStream: body === '' });
    stream.on('response', (_headers, _flags, raw) => {
      const at = raw.indexOf(':status');
      response = {
        status: Number(raw[at + 1]),
        headers: raw.filter((_one, index) => index !== at && index !== at + 1),
        body: '',
      };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      session.destroy();
      resolve({ ...response, body: Buffer.concat(chunks).toString('latin1') });
    });
    if (body !== '') stream.end(body);
  });
}
