import { randomUUID } from 'node:crypto';

import type { HeaderLines } from './header-lines.ts';

/** What the lines for the upstream are made from. */
export interface ForwardedRequest {
  /** Already without what belongs to this connection. */
  readonly headers: readonly string[];
  readonly peer: string;
  readonly scheme: 'http' | 'https';
  /** Value of `Host`. */
  readonly authority: string;
  /** Of a body that is sent with a known length; undefined: chunked, or none. */
  readonly contentLength: number | undefined;
}

/**
 * The header lines for the upstream: framed anew, and with what Envoy says of the client. The scheme is the connection's;
 * a client that names another one is not believed.
 */
export function upstreamHeaders(request: ForwardedRequest): HeaderLines {
  const { headers, peer, scheme, authority, contentLength } = request;
  const lines: HeaderLines = ['host', authority];
  let forwardedFor = '';
  let hasId = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (name === 'x-forwarded-for') forwardedFor += `${value},`;
    else if (name !== 'x-forwarded-proto') {
      hasId ||= name === 'x-request-id';
      lines.push(name, value);
    }
  }
  lines.push('x-forwarded-for', forwardedFor + peer, 'x-forwarded-proto', scheme);
  if (!hasId) lines.push('x-request-id', randomUUID());
  if (contentLength !== undefined) lines.push('content-length', String(contentLength));
  return lines;
}
