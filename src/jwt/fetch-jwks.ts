import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';

import { AppError, messageOf } from '../base/errors.ts';
import type { LocalAddresses } from '../base/local-addresses.ts';
import type { Cluster, Endpoint } from '../ir/cluster.ts';
import type { RemoteKeySet } from '../ir/jwt.ts';
import type { Secrets } from '../ir/table.ts';
import { checkedLookup, forbiddenAddressError } from './checked-lookup.ts';
import { clusterTls } from './cluster-tls.ts';
import { isForbiddenAddress } from './forbidden-address.ts';
import type { FetchJwks, JwksResponse } from './remote-key-set.ts';

export interface FetchJwksOptions {
  /** A cluster by name, for key sets that name one (Gloo `upstreamRef`); undefined: there is none. */
  readonly resolveCluster: (name: string) => Cluster | undefined;
  /** What clusters name, by id. Default none. */
  readonly secrets?: () => Secrets;
  /** Which local addresses URLs and clusters may lead to. Default off. */
  readonly allowLocalAddresses?: LocalAddresses;
  /** PEM of authorities to trust in place of the system's, for URLs without a cluster. */
  readonly ca?: string;
}

const bodyLimitBytes = 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Creates the fetch of JWKS documents over http and https: no redirects, 1 MiB at most, certificates checked. node:http
 * rather than `fetch`, since only there the address is seen between the DNS answer and the connection: a name that
 * resolves to a forbidden address is refused at that point, whatever it resolved to before. Plain http is allowed, as in
 * Gloo: issuers inside a cluster have no certificate.
 */
export function createFetchJwks(options: FetchJwksOptions): FetchJwks {
  return async (keySet, signal) => {
    const errors: string[] = [];
    for (const target of targetsOf(keySet, options)) {
      try {
        return await get(target(), signal);
      } catch (error) {
        errors.push(messageOf(error));
        if (signal.aborted) break;
      }
    }
    throw new AppError('ERR_JWKS_FETCH', errors.join('; '));
  };
}

interface Target {
  readonly tls: boolean;
  readonly options: RequestOptions;
}

/** Endpoints of a cluster that are tried one after the other, at most. */
const endpointLimit = 3;

function targetsOf(keySet: RemoteKeySet, options: FetchJwksOptions): readonly (() => Target)[] {
  const url = new URL(keySet.url);
  const path = `${url.pathname}${url.search}`;
  if (keySet.cluster === undefined) return [() => directTarget(url, path, options)];
  const cluster = options.resolveCluster(keySet.cluster);
  if (!cluster || cluster.endpoints.length === 0) {
    throw new AppError('ERR_JWKS_FETCH', `upstream ${keySet.cluster} has no endpoints`);
  }
  const { tls } = cluster;
  const secured = tls && clusterTls(tls, options.secrets?.() ?? {});
  return cluster.endpoints.slice(0, endpointLimit).map((endpoint) => () => ({
    tls: tls !== undefined,
    options: {
      ...endpointOptions(cluster, endpoint, url),
      ...secured,
      path,
      ...guard(endpoint.host, options),
    },
  }));
}

/** The URL gives `Host` and path only, the cluster the address and whether to speak TLS (Gloo). */
function endpointOptions({ tls }: Cluster, endpoint: Endpoint, url: URL): Target['options'] {
  const { host, port } = endpoint;
  const common = { host, port, headers: headers(url) };
  if (!tls) return common;
  const servername = endpoint.sni ?? tls.sni ?? url.hostname;
  return {
    ...common,
    ...(isIP(servername) ? {} : { servername }),
  };
}

function directTarget(url: URL, path: string, options: FetchJwksOptions): Target {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    tls: url.protocol === 'https:',
    options: {
      host,
      path,
      headers: headers(url),
      ...(url.port === '' ? {} : { port: url.port }),
      ...guard(host, options),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
  };
}

/** For an address nothing is looked up, so that the hook would not see it. */
function guard(host: string, { allowLocalAddresses = 'off' }: FetchJwksOptions): RequestOptions {
  if (isIP(host) && isForbiddenAddress(host, allowLocalAddresses))
    throw forbiddenAddressError(host);
  return { lookup: checkedLookup(allowLocalAddresses) };
}

function headers(url: URL): Record<string, string> {
  return {
    host: url.host,
    accept: 'application/jwk-set+json, application/json',
    'accept-encoding': 'identity',
    'user-agent': 'seekgate',
  };
}

function get({ tls, options }: Target, signal: AbortSignal): Promise<JwksResponse> {
  return new Promise((resolve, reject) => {
    const send = tls ? httpsRequest : httpRequest;
    // A connection of its own: fetches are minutes apart, and an idle one may have been closed meanwhile.
    const request = send({ ...options, method: 'GET', agent: false, signal }, (response) => {
      answerOf(response)
        .then(resolve, reject)
        .finally(() => request.destroy());
    });
    request.on('error', reject);
    request.end();
  });
}

async function answerOf(response: IncomingMessage): Promise<JwksResponse> {
  const status = response.statusCode ?? 0;
  // Only the body of a 200 is of use, and that of an error has no business in memory.
  return { status, body: status === 200 ? await readBody(response) : '' };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const coding = response.headers['content-encoding'] ?? 'identity';
  if (coding !== 'identity') throw new Error('found a coded body, accepted a plain one');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) throw new Error(`found a body of over ${bodyLimitBytes} bytes`);
    chunks.push(chunk);
  }
  return utf8.decode(Buffer.concat(chunks));
}
