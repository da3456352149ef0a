// The least that a proxy on node:http and undici can be: no token, no routes, no log. `node bench/targets/bare.ts PORT UPSTREAM`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const [port, upstream] = process.argv.slice(2);
const pool = new Pool(upstream ?? '', { connections: 1024 });

/** Answers with what the upstream answers, headers as they came. */
function answerTo(response: ServerResponse): Dispatcher.DispatchHandler {
  let upstreamSide: Dispatcher.DispatchController | undefined;
  response.on('close', () => {
    if (!response.writableEnded) upstreamSide?.abort(new Error('the client left'));
  });
  response.on('drain', () => upstreamSide?.resume());
  return {
    onRequestStart: (controller) => {
      upstreamSide = controller;
    },
    onResponseStart: (controller, status) => {
      response.writeHead(status, textsOf(controller.rawHeaders));
    },
    onResponseData: (controller, chunk) => {
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd: () => {
      response.end();
    },
    onResponseError: () => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    },
  };
}

function textsOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = String(raw[at]);
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, String(raw[at + 1]));
  }
  return kept;
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te']);

function withoutHopByHop(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (!hopByHop.has(raw[at]!.toLowerCase())) kept.push(raw[at]!, raw[at + 1]!);
  }
  return kept;
}

function proxy(request: IncomingMessage, response: ServerResponse): void {
  const options: Dispatcher.DispatchOptions = {
    path: request.url ?? '/',
    method: request.method ?? 'GET',
    headers: withoutHopByHop(request.rawHeaders),
    body: request.method === 'GET' ? null : request,
  };
  pool.dispatch(options, answerTo(response));
}

createServer(proxy).listen(Number(port), '127.0.0.1');
