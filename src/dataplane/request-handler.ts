import { messageOf } from '../base/errors.ts';
import { Trace } from '../base/trace.ts';
import { Call, type CallContext } from './call.ts';
import { internalError, type Denial } from './denial.ts';
import { Exchange } from './exchange.ts';
import { forward } from './forward.ts';
import type { RequestHandler } from './listening-server.ts';
import { decide } from './pipeline.ts';
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
    if (outcome instanceof Promise) void outcome.then((denial) => proceed(call, denial));
    else proceed(call, outcome);
  };
}

function proceed(call: Call, denial: Denial | undefined): void {
  if (call.answered) return;
  try {
    if (denial !== undefined) call.deny(denial);
    else if (call.exchange.reply !== undefined) call.reply(call.exchange.reply);
    else forward(call);
  } catch (error) {
    call.context.logger.error({ error: messageOf(error) }, 'request failed');
    call.pending?.cancel();
    if (call.response.headersSent) call.abort();
    else call.deny(internalError(messageOf(error)));
  }
}
