/** A request that somebody wants to have explained: as it would go on the wire. */
export interface AskedRequest {
  /** Name of a listener; absent: the one that fits scheme, port and host best. */
  readonly listener?: string;
  /** What is asked for in TLS; empty: nothing. Absent: the name in `Host`. */
  readonly serverName?: string;
  readonly scheme: 'http' | 'https';
  /** By HTTP/2, where `Host` among the headers is the authority. */
  readonly http2?: true;
  readonly method: string;
  /** As sent; not normalised. */
  readonly target: string;
  /** `Host` among them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The same as people write it: `GET http://host/path` and header lines. */
export interface WrittenRequest {
  /** Default GET. */
  readonly method?: string;
  readonly url: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly listener?: string;
  readonly serverName?: string;
  /** Default false: by HTTP/1.1. */
  readonly http2?: boolean;
}

const urlForm = /^(https?):\/\/([^/?#]+)(.*)$/;
const lineBreak = /[\r\n]/;

/**
 * Reads a written request; a string says why it is none. By hand, since the URL standard would resolve dots and escapes that
 * the gateway is to be asked about.
 */
export function askedRequest(written: WrittenRequest): AskedRequest | string {
  const { method = 'GET', url, headers = [], body = '', listener, serverName, http2 } = written;
  const [, scheme, authority, rest = ''] = urlForm.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) {
    return `the URL: found ${JSON.stringify(url.slice(0, 100))}, accepted http://HOST/PATH or https://HOST/PATH`;
  }
  const parts = [method, url, ...headers.flat()];
  if (parts.some((part) => lineBreak.test(part)) || /\s/.test(url)) {
    return 'found white space or a line break inside of URL, method or header';
  }
  if (http2 === true && scheme !== 'https') {
    return 'found HTTP/2 without TLS, accepted https://HOST/PATH';
  }
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    method,
    target: rest.startsWith('/') ? rest : `/${rest}`,
    headers: hasHost ? headers : [['Host', authority], ...headers],
    body,
    ...(listener === undefined ? {} : { listener }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(http2 === true ? { http2 } : {}),
  };
}
