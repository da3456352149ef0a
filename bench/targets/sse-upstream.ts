// A model server that streams to everybody for ever, 50 events a second. `node bench/targets/sse-upstream.ts PORT`.
import { createServer, type ServerResponse } from 'node:http';

const everyMs = 20;
const port = Number(process.argv[2]);
const delta = { index: 0, delta: { content: ' token' }, logprobs: null, finish_reason: null };
const event = `data: ${JSON.stringify({
  id: '930c60df-bf64-41c9-a88e-3ec75f81e00e',
  object: 'chat.completion.chunk',
  created: 1_718_345_013,
  model: 'deepseek-chat',
  system_fingerprint: 'fp_a49d71b8a1',
  choices: [delta],
})}\n\n`;

// Streams are spread over the milliseconds of an interval, as those of many users are.
const turns: Set<ServerResponse>[] = Array.from({ length: everyMs }, () => new Set());
let opened = 0;
let done = 0;
const started = performance.now();

createServer((request, response) => {
  request.resume();
  const ownTurn = turns[opened % everyMs]!;
  opened += 1;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  ownTurn.add(response);
  response.on('close', () => ownTurn.delete(response));
}).listen(port, '127.0.0.1');

setInterval(() => {
  // By the time that went by: a timer of a busy machine comes late.
  for (const due = performance.now() - started; done < due; done += 1) {
    for (const response of turns[done % everyMs]!) response.write(event);
  }
}, 1);
