import type { Call, CallContext } from './call.ts';
import { callerOf } from './caller.ts';
import type { Denial } from './denial.ts';
import { isEncoded, modelBodyTooLarge, unreadableCoding } from './forward-refusal.ts';
import { KeptBytes } from './kept-bytes.ts';
import { collectBody } from './request-body.ts';

/** What is kept for one data plane. */
const kept = new WeakMap<CallContext, KeptBytes>();

/**
 * Reads all of the body of a request for a model and calls back with it, unless the client leaves or the request is refused:
 * it is too large, coded, or there is no room left for all that are read and kept at a time.
 */
export function readModelBody(call: Call, then: (body: Buffer) => void): void {
  const { exchange, context, request, response } = call;
  const { modelBytes, modelTotalBytes, modelBodyMs } = context.limits;
  if (exchange.contentLength > modelBytes) return call.deny(modelBodyTooLarge);
  if (isEncoded(exchange.headers)) return call.deny(unreadableCoding);
  const all = kept.get(context) ?? new KeptBytes();
  kept.set(context, all);
  const caller = callerOf(exchange);
  const held = { bytes: 0, isFull: false };
  const keeps = (bytes: number): boolean => {
    held.isFull = !all.hasRoom(caller, bytes, modelTotalBytes);
    if (held.isFull || call.ended) return false;
    all.add(caller, bytes);
    held.bytes += bytes;
    return true;
  };
  response.once('close', () => all.add(caller, -held.bytes));
  if (call.body !== undefined) {
    if (keeps(call.body.length)) return then(call.body);
    return call.deny(noRoom);
  }
  let cancelTimeout: (() => void) | undefined;
  collectBody(request, {
    declared: exchange.contentLength,
    limit: modelBytes,
    keeps,
    slow: () => {
      call.awaitBody();
      cancelTimeout = context.clock.after(modelBodyMs, () => call.deny(tooSlow));
    },
    done: (collected) => {
      cancelTimeout?.();
      if (collected === 'too large') call.deny(held.isFull ? noRoom : modelBodyTooLarge);
      else if (collected !== 'aborted' && !call.answered) then(collected);
    },
  });
}

/** It came on, but a few bytes at a time: nothing is kept for that. */
const tooSlow: Denial = {
  status: 408,
  body: 'Request Timeout',
  reason: 'body_timeout',
  detail: 'the body takes too long',
  close: true,
};

const noRoom: Denial = {
  status: 503,
  body: 'Service Unavailable',
  headers: ['retry-after', '1'],
  reason: 'overflow',
  detail: 'too many bytes of bodies are kept',
  close: true,
};
