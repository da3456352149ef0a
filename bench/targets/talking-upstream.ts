// A model server that thinks, answers and ends: `max_tokens` events, evenly over time. `node … talking-upstream.ts PORT EVENTS_PER_SECOND`.
// `GET /counts` tells how many requests it got, and how many of them have ended.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const [port, perSecond] = process.argv.slice(2).map(Number);
const everyMs = Math.max(1, Math.round(1000 / perSecond!));

interface Talk {
  readonly response: ServerResponse;
  readonly tokens: number;
  readonly isStream: boolean;
  said: number;
}

// Talks are spread over the milliseconds of an interval, as those of many users are.
const turns: Set<Talk>[] = Array.from({ length: everyMs }, () => new Set());
const counts = { opened: 0, closed: 0 };

createServer((request, response) => {
  if (request.url === '/counts') response.end(JSON.stringify(counts));
  else void begin(request, response);
}).listen(port, '127.0.0.1');

async function begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
  counts.opened += 1;
  response.on('close', () => (counts.closed += 1));
  const body: Buffer[] = [];
  request.on('error', () => undefined);
  for await (const chunk of request as AsyncIterable<Buffer>) body.push(chunk);
  const asked = JSON.parse(Buffer.concat(body).toString()) as Record<string, unknown>;
  const isStream = asked['stream'] === true;
  const talk: Talk = { response, tokens: Number(asked['max_tokens']), isStream, said: 0 };
  const turn = turns[counts.opened % everyMs]!;
  response.on('close', () => turn.delete(talk));
  const contentType = isStream ? 'text/event-stream' : 'application/json';
  response.writeHead(200, { 'content-type': contentType });
  turn.add(talk);
}

const frame = { id: '930c60df', object: 'chat.completion.chunk', created: 1_718_345_013 };
const eventOf = (rest: object): string =>
  `data: ${JSON.stringify({ ...frame, model: 'deepseek-v4-pro', ...rest })}\n\n`;
const deltaOf = (delta: object, finish: string | null = null): string =>
  eventOf({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
const thought = deltaOf({ content: null, reasoning_content: ' thought' });
const word = deltaOf({ content: ' word', reasoning_content: null });
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const ending = `${deltaOf({ content: '' }, 'stop')}${eventOf({ choices: [], usage })}data: [DONE]\n\n`;
const whole = JSON.stringify({
  ...frame,
  model: 'deepseek-v4-pro',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word' }, finish_reason: 'stop' }],
  usage,
});

function say(talk: Talk): void {
  const { response, tokens, isStream } = talk;
  talk.said += 1;
  if (talk.said === tokens + 1) response.end(isStream ? ending : whole);
  if (talk.said > tokens) return;
  if (!isStream) response.write('\n');
  else response.write(talk.said <= tokens / 2 ? thought : word);
}

const started = performance.now();
let done = 0;
setInterval(() => {
  // By the time that went by: a timer of a busy machine comes late.
  for (const due = performance.now() - started; done < due; done += 1) {
    for (const talk of turns[done % everyMs]!) say(talk);
  }
}, 1);
