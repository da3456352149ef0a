import type { Call } from './call.ts';
import type { Denial } from './denial.ts';

/** How long the stream of one request may stand still, and last; undefined or 0: no bound of its own. */
export interface StreamLimits {
  readonly idleTimeoutMs: number | undefined;
  readonly maxDurationMs: number | undefined;
}

/** How often is looked whether anything has moved, within one idle timeout. */
const looks = 8;

/** Bounds a request that is forwarded by what its route, else its listener, says. */
export function limitForwarded(call: Call): void {
  const { listener, route } = call.exchange;
  const action = route?.route.action;
  const { idleTimeoutMs, maxDurationMs } = action?.kind === 'forward' ? action : {};
  const { http } = listener.listener;
  limitStream(call, {
    idleTimeoutMs: idleTimeoutMs ?? http?.streamIdleMs,
    maxDurationMs: maxDurationMs ?? http?.maxStreamMs,
  });
}

/** Bounds a request by its route's own limits, in place of the one that holds everywhere. */
export function limitStream(call: Call, { idleTimeoutMs, maxDurationMs }: StreamLimits): void {
  if (idleTimeoutMs === undefined && maxDurationMs === undefined) return;
  const cancels: (() => void)[] = [];
  if (idleTimeoutMs !== undefined) {
    call.streamIdleMs = 0;
    if (idleTimeoutMs > 0) cancels.push(watchIdle(call, idleTimeoutMs));
  }
  if (maxDurationMs !== undefined && maxDurationMs > 0) {
    cancels.push(
      call.context.clock.after(maxDurationMs, () => end(call, 'downstream duration timeout')),
    );
  }
  if (cancels.length === 0) return;
  call.response.once('close', () => {
    for (const cancel of cancels) cancel();
  });
}

/** Bounds the time until all of a request is here. */
export function limitRequest(call: Call, limitMs: number): void {
  const { clock } = call.context;
  const cancel = clock.after(limitMs, () => {
    if (!call.request.complete) end(call, 'request timeout');
  });
  call.response.once('close', cancel);
}

/** Bytes that move on the client's connection, either way, are what counts. */
function watchIdle(call: Call, limitMs: number): () => void {
  const { clock } = call.context;
  const everyMs = limitMs / looks;
  let moved = progress(call);
  let stoodMs = 0;
  let cancel: () => void = () => undefined;
  const look = (): void => {
    const now = progress(call);
    stoodMs = now === moved ? stoodMs + everyMs : 0;
    moved = now;
    if (stoodMs >= limitMs) end(call, 'stream timeout');
    else cancel = clock.after(everyMs, look);
  };
  cancel = clock.after(everyMs, look);
  return () => cancel();
}

function progress({ request, response }: Call): number {
  return request.socket.bytesRead + response.bytesTaken;
}

/** In Envoy's words: 408 while the request is still coming, else 504; an answer that has begun is cut. */
function end(call: Call, body: string): void {
  const isComplete = !call.exchange.hasBody || call.request.complete;
  const denial: Denial = {
    status: isComplete ? 504 : 408,
    body,
    reason: isComplete ? 'timeout' : 'body_timeout',
    detail: body,
    ...(isComplete ? {} : { close: true }),
  };
  call.exchange.reason = denial.reason;
  call.exchange.detail = denial.detail;
  call.refuseBody(denial);
}
