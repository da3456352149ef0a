import type { ForwardAction, Shadow } from '../ir/table.ts';
import { overrideModel } from '../llm/model-override.ts';
import type { Call } from './call.ts';
import { BodyCopy } from './body-copy.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import {
  clusterRefusal,
  noCluster,
  noEndpoint,
  replacedModel,
  rewriteRefusal,
  tooLarge,
  unusableBody,
} from './forward-refusal.ts';
import { keepsBody } from './kept-bodies.ts';
import { forwardToModel, isForModel } from './model-forward.ts';
import { collectBody, RequestBody, type Collected } from './request-body.ts';
import { outgoingHead } from './outgoing-head.ts';
import { chosenShare } from './route-edits.ts';
import { upgradeRefused } from './stage-upgrade.ts';
import { limitForwarded } from './stream-limits.ts';
import { sendShadow } from './shadow.ts';
import { Tries, type TriedRequest } from './tries.ts';
import type { Upstream } from './upstream.ts';
import { nextEndpoint } from './request-hash.ts';
import { UpstreamRequest } from './upstream-request.ts';

/** Sends a request that all stages let through to one of its route's clusters. */
export function forward(call: Call): void {
  const { exchange } = call;
  const destination = chosenShare(exchange);
  const upstream = destination && exchange.program.upstreams.get(destination.cluster);
  call.cluster = destination?.cluster ?? '';
  const hasTunnel = exchange.upgrade === '' || call.response.tunnel !== undefined;
  if (!hasTunnel) return call.deny(upgradeRefused);
  if (upstream === undefined) return call.deny(noCluster);
  call.subset = destination?.subset;
  if (isForModel(exchange, upstream)) return forwardToModel(call, upstream, forwardTo);
  return forwardTo(call, upstream);
}

function forwardTo(call: Call, upstream: Upstream): void {
  const { exchange } = call;
  const refusal = clusterRefusal(exchange, upstream);
  if (refusal !== undefined) return call.deny(refusal);
  const endpoint = nextEndpoint(call, upstream);
  if (endpoint === undefined) return call.deny(noEndpoint);
  call.endpoint = endpoint.label;
  limitForwarded(call);
  if (!exchange.hasBody) return send(call, upstream, endpoint, null);
  return sendWithBody(call, upstream, endpoint);
}

function forwardAction({ exchange }: Call): ForwardAction | undefined {
  const action = exchange.route?.route.action;
  return action?.kind === 'forward' ? action : undefined;
}

/** Up to this a body is read first: more where it may have to be sent again, and there is room for it. */
function wholeBytes(call: Call): number {
  const { collectBytes, replayBytes } = call.context.limits;
  const { chunked, contentLength } = call.exchange;
  const isLong = !chunked && contentLength > collectBytes && contentLength <= replayBytes;
  const isKept = isLong && forwardAction(call)?.retry && keepsBody(call, contentLength);
  return isKept === true ? replayBytes : collectBytes;
}

/** A short body is read first: no slow client then holds a connection to the upstream, and it goes out in one piece. */
function sendWithBody(call: Call, upstream: Upstream, endpoint: EndpointPool): void {
  const { exchange, context, request } = call;
  const { rewriteBytes } = context.limits;
  const model = replacedModel(upstream);
  const refusal = model === undefined ? undefined : rewriteRefusal(exchange, context.limits);
  if (refusal !== undefined) return call.deny(refusal);
  if (call.body !== undefined) {
    const body = usable(call, call.body, model);
    if (body !== undefined) send(call, upstream, endpoint, body);
    return;
  }
  const limit = model === undefined ? wholeBytes(call) : rewriteBytes;
  if (model === undefined && (exchange.chunked || exchange.contentLength > limit)) {
    call.awaitBody();
    return send(call, upstream, endpoint, new RequestBody(request));
  }
  collectBody(request, {
    declared: exchange.contentLength,
    limit,
    slow: () => call.awaitBody(),
    done: (collected) => {
      const body = usable(call, collected, model);
      if (body !== undefined && !call.answered) send(call, upstream, endpoint, body);
    },
  });
}

function usable(call: Call, collected: Collected, model: string | undefined): Buffer | undefined {
  if (collected === 'aborted') return undefined;
  if (collected === 'too large') {
    call.deny(tooLarge);
    return undefined;
  }
  if (model === undefined) return collected;
  const override = overrideModel(collected, model);
  if (override.kind === 'replaced') return override.body;
  call.deny(unusableBody(override.message));
  return undefined;
}

function send(
  call: Call,
  upstream: Upstream,
  endpoint: EndpointPool,
  body: Buffer | RequestBody | null,
): void {
  const head = outgoingHead(call, upstream, { endpoint, body });
  if ('status' in head) return call.deny(head);
  const outgoing = { method: call.exchange.method, ...head, body };
  const action = forwardAction(call);
  const copy = copyFor(call, action, body);
  if (action?.shadow !== undefined) shadow(call, action.shadow, { outgoing, copy });
  if (action?.retry !== undefined || action?.attemptCount !== undefined) {
    const { retry, attemptCount, timeoutMs } = action;
    const tries = new Tries(call, upstream, { retry, attemptCount, timeoutMs }, { outgoing, copy });
    call.pending = tries;
    tries.start(endpoint);
    return;
  }
  const upstreamRequest = new UpstreamRequest(call, upstream, endpoint, outgoing);
  call.pending = upstreamRequest;
  upstreamRequest.start();
}

/** Of a body that is not in hand, where it may be needed a second time. */
function copyFor(
  call: Call,
  action: ForwardAction | undefined,
  body: Buffer | RequestBody | null,
): BodyCopy | undefined {
  const isNeeded = action?.retry !== undefined || action?.shadow !== undefined;
  if (!isNeeded || !(body instanceof RequestBody)) return undefined;
  const { replayBytes } = call.context.limits;
  const { chunked, contentLength } = call.exchange;
  const bytes = chunked ? replayBytes : contentLength;
  if (bytes > replayBytes || !keepsBody(call, bytes)) return undefined;
  return new BodyCopy(call.request, replayBytes);
}

/** Draws lots for a copy; that of a long body goes when all of it is here. */
function shadow(call: Call, to: Shadow, { outgoing, copy }: TriedRequest): void {
  if (call.context.random() * 100 >= to.percent) return;
  const { body } = outgoing;
  if (!(body instanceof RequestBody)) {
    sendShadow(call, to, outgoing, body);
    return;
  }
  call.request.once('end', () => {
    const whole = copy?.whole;
    if (whole !== undefined) sendShadow(call, to, outgoing, whole);
  });
}
