import { messageOf } from '../base/errors.ts';
import { Trace } from '../base/trace.ts';
import { bufferBody, bufferLimit } from './body-buffer.ts';
import { Call, type CallContext } from './call.ts';
import { internalError, type Denial } from './denial.ts';
import { Exchange } from './exchange.ts';
import { forward } from './forward.ts';
import type { RequestHandler } from './listening-server.ts';
import { decide } from './pipeline.ts';
import { limitRequest } from './stream-limits.ts';
import type { Program } from './program.ts';

/** Serves the requests of one port: the program is taken once, at the beginning of each. */
export function createRequestHandler(
  context: CallContext,
  current: () => Program,
  listenerName: () => string,
): RequestHandler {
  return (connection, request, response) => {
    const program = current();
    const listener = program.listeners.get(listenerName());
    if (listener === undefined) {
      // The port is about to close.
      request.socket.destroy();
      return;
    }
    const { limits, logger } = context;
    const exchange = new Exchange({ program, listener, connection, raw: request, limits });
    if (logger.isLevelEnabled('debug')) exchange.trace = new Trace();
    const call = new Call(context, exchange, connection, { request, response });
    const outcome = decide(exchange);
    const limitMs = listener.listener.http?.requestTimeoutMs;
    if (limitMs !== undefined && exchange.hasBody) limitRequest(call, limitMs);
    if (outcome instanceof Promise) void outcome.then((denial) => proceed(call, denial));
    else proceed(call, outcome);
  };
}

function proceed(call: Call, denial: Denial | undefined): void {
  if (call.answered) return;
  try {
    if (denial !== undefined) call.deny(denial);
    else act(call);
  } catch (error) {
    fail(call, error);
  }
}

/** What the route does with a request that was let through. */
function act(call: Call): void {
  const limit = call.exchange.hasBody ? bufferLimit(call.exchange) : undefined;
  if (limit === undefined) answer(call);
  else bufferBody(call, limit, () => answerLater(call));
}

function answerLater(call: Call): void {
  try {
    answer(call);
  } catch (error) {
    fail(call, error);
  }
}

function answer(call: Call): void {
  if (call.exchange.reply === undefined) forward(call);
  else call.reply(call.exchange.reply);
}

function fail(call: Call, error: unknown): void {
  call.context.logger.error({ error: messageOf(error) }, 'request failed');
  call.pending?.cancel();
  if (call.response.headersSent) call.abort();
  else call.deny(internalError(messageOf(error)));
}
