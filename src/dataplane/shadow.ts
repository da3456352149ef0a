import type { Dispatcher } from 'undici';

import type { Shadow } from '../ir/table.ts';
import { keyHeaderNames } from '../ir/key-header.ts';
import type { Call } from './call.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';
import type { Program } from './program.ts';
import type { Upstream } from './upstream.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

/** Bytes of the bodies that are on their way as copies to one cluster; what is beyond it is not copied. */
const bytesAtATime = 16 * 1024 * 1024;
const bytesUnderWay = new WeakMap<Upstream, number>();

/** Sends a copy of a request, of which nobody waits for anything; it never hurts the request itself. */
export function sendShadow(
  call: Call,
  { cluster }: Shadow,
  outgoing: OutgoingRequest,
  body: Buffer | null,
): void {
  const { program } = call.exchange;
  const upstream = program.upstreams.get(cluster);
  const endpoint = upstream?.nextEndpoint();
  if (upstream === undefined || endpoint === undefined) return;
  const bytes = body?.length ?? 0;
  const isFull = (bytesUnderWay.get(upstream) ?? 0) + bytes > bytesAtATime;
  if (isFull || !upstream.tryEnter()) {
    call.context.metrics.upstreamFailed(cluster, 'overflow');
    return;
  }
  const handler = new ShadowRequest(call, program, upstream, bytes);
  handler.start(endpoint, {
    method: outgoing.method,
    path: outgoing.path,
    headers: shadowHeaders(outgoing.headers, hasKey(call)),
    body,
  });
}

/** The gateway's key of a model server is for that one alone. */
function hasKey({ cluster, exchange }: Call): boolean {
  const upstream = exchange.program.upstreams.get(cluster);
  return upstream?.backend !== undefined || upstream?.cluster.pools !== undefined;
}

/** Envoy's mark of a copy: `-shadow` behind the name of the host. */
function shadowHeaders(headers: HeaderLines, withoutKey: boolean): HeaderLines {
  const lines = headers.map((line, index) =>
    index % 2 === 1 && headers[index - 1] === 'host' ? shadowHost(line) : line,
  );
  if (withoutKey) removeLines(lines, (name) => keyHeaderNames.has(name));
  return lines;
}

function shadowHost(host: string): string {
  const [, name = host, port = ''] = /^([^:]+)(:\d+)$/.exec(host) ?? [];
  return `${name}-shadow${port}`;
}

/** A request whose answer is thrown away. */
class ShadowRequest implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #program: Program;
  readonly #upstream: Upstream;
  readonly #bytes: number;
  readonly #cluster: string;
  #cancelTimeout: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;

  constructor(call: Call, program: Program, upstream: Upstream, bytes: number) {
    this.#call = call;
    this.#program = program;
    this.#upstream = upstream;
    this.#bytes = bytes;
    this.#cluster = upstream.cluster.name;
  }

  start(endpoint: EndpointPool, outgoing: OutgoingRequest): void {
    const { clock, limits } = this.#call.context;
    const action = this.#call.exchange.route?.route.action;
    const timeoutMs = action?.kind === 'forward' ? action.timeoutMs : 0;
    this.#program.enter();
    this.#count(this.#bytes);
    this.#cancelTimeout = clock.after(timeoutMs || limits.streamIdleMs, () => this.#timeOut());
    const { method, path, headers, body } = outgoing;
    const { serverName: servername } = endpoint;
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      method,
      path,
      headers,
      body,
      servername,
    };
    endpoint.pool.dispatch(options, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('timeout'));
  }

  onResponseStart(): void {
    // Nobody wants to know.
  }

  onResponseData(): void {
    // Nor this.
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(): void {
    if (!this.#over) this.#call.context.metrics.upstreamFailed(this.#cluster, 'shadow');
    this.#end();
  }

  #timeOut(): void {
    const error = new Error('timeout');
    if (this.#controller === undefined) this.#end();
    else this.#controller.abort(error);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimeout?.();
    this.#count(-this.#bytes);
    this.#upstream.leave();
    this.#program.leave();
  }

  #count(bytes: number): void {
    bytesUnderWay.set(this.#upstream, (bytesUnderWay.get(this.#upstream) ?? 0) + bytes);
  }
}
