import { connect } from 'node:net';

/** One call of a model, by a client without an HTTP parser: it costs little, so that many fit on one core. */
export interface ModelCall {
  /** Bytes of the answer so far. */
  readonly bytes: () => number;
  readonly abort: () => void;
  /** The status line, and whether the answer came to its end. */
  readonly ended: Promise<{ readonly status: string; readonly isWhole: boolean }>;
}

export interface ModelAsk {
  readonly port: number;
  readonly token: string;
  readonly tokens: number;
  readonly stream: boolean;
}

/** Asks for a chat completion of so many tokens. */
export function callModel({ port, token, tokens, stream }: ModelAsk): ModelCall {
  let bytes = 0;
  let first = '';
  let last = '';
  const { promise, resolve } = Promise.withResolvers<{ status: string; isWhole: boolean }>();
  const body = JSON.stringify({
    model: 'deepseek-v4-pro',
    messages: [{ role: 'user', content: 'Say something.' }],
    max_tokens: tokens,
    stream,
  });
  const socket = connect(port, '127.0.0.1');
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'Host: bench',
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Authorization: Bearer ${token}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (first === '') first = chunk.toString('latin1', 0, 32);
    last = chunk.toString('latin1', Math.max(0, chunk.length - 7));
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    resolve({ status: first.split(' ')[1] ?? '', isWhole: last.endsWith('0\r\n\r\n') });
  });
  return { bytes: () => bytes, abort: () => socket.destroy(), ended: promise };
}
