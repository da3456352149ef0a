import { METHODS } from 'node:http';

import { badRequest, type Denial } from './denial.ts';
import type { HeaderLines } from './header-lines.ts';

/** The head of an HTTP/2 request as one of HTTP/1.1 would be: what follows has one form to look at. */
export interface StreamHead {
  readonly method: string;
  readonly url: string;
  /** `Host` is the authority; a body of unknown length is chunked. */
  readonly rawHeaders: HeaderLines;
  readonly expectsContinue: boolean;
  /** Why it cannot be served. */
  readonly fault: Denial | undefined;
}

/** What of the connection and of the limits counts for a head. */
export interface StreamHeadOptions {
  readonly hasBody: boolean;
  readonly headBytes: number;
}

const methods: ReadonlySet<string> = new Set(METHODS);

/**
 * Reads field lines as node:http2 gives them, which has refused already pseudo-headers that are missing, twice or unknown, and
 * fields of one connection (RFC 9113 section 8.2.2).
 */
export function readStreamHead(raw: readonly string[], options: StreamHeadOptions): StreamHead {
  const pseudo = new Map<string, string>();
  const lines: HeaderLines = [];
  const cookies: string[] = [];
  let host: string | undefined;
  let hosts = 0;
  let bytes = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    bytes += name.length + value.length + LINE_BYTES;
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'host') {
      host = value;
      hosts += 1;
    } else if (name === 'cookie') cookies.push(value);
    else lines.push(name, value);
  }
  // RFC 9113 section 8.2.3.
  if (cookies.length > 0) lines.push('cookie', cookies.join('; '));
  const authority = pseudo.get(':authority') ?? host;
  if (authority !== undefined) lines.unshift('host', authority);
  const hasLength = lines.some((name, index) => index % 2 === 0 && name === 'content-length');
  if (options.hasBody && !hasLength) lines.push('transfer-encoding', 'chunked');
  const method = pseudo.get(':method') ?? '';
  const url = pseudo.get(':path') ?? '';
  const isOneHost =
    hosts === 0 || (hosts === 1 && host?.toLowerCase() === authority?.toLowerCase());
  return {
    method,
    url,
    rawHeaders: lines,
    expectsContinue: lines.some((name, index) => index % 2 === 0 && name === 'expect'),
    fault: faultOf({ method, url, isOneHost, isTooLarge: bytes > options.headBytes }),
  };
}

/** What a line takes in HTTP/1.1 beside name and value. */
const LINE_BYTES = 4;

interface Found {
  readonly method: string;
  readonly url: string;
  readonly isOneHost: boolean;
  readonly isTooLarge: boolean;
}

function faultOf({ method, url, isOneHost, isTooLarge }: Found): Denial | undefined {
  if (isTooLarge) return tooLarge;
  if (!methods.has(method)) return badRequest('method', 'unknown method');
  if (!isOneHost) return badRequest('bad_host', 'Host is not the authority');
  // Only an origin server of OPTIONS * could answer that, and an absolute form would name a second authority.
  if (method !== 'CONNECT' && !url.startsWith('/')) {
    return badRequest('bad_target', 'path does not begin with a slash');
  }
  return undefined;
}

const tooLarge: Denial = {
  status: 431,
  body: 'Request Header Fields Too Large',
  reason: 'too_large',
  detail: 'header fields too large',
  close: true,
};
