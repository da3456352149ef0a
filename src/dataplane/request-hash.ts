import { hash } from 'node:crypto';

import type { HashCookie, HashPolicy } from '../ir/balancer.ts';
import type { Call } from './call.ts';
import { joinedValue, valuesOf } from './header-lines.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { keyHash } from './key-hash.ts';
import type { Upstream } from './upstream.ts';

/** Chooses an endpoint for the request, also for another try of it. */
export function nextEndpoint(call: Call, upstream: Upstream): EndpointPool | undefined {
  const hash = upstream.hashes ? requestHash(call) : undefined;
  return upstream.nextEndpoint(hash, call.subset);
}

/** What the policies of the route make of the request; undefined: it has nothing of what they ask for. */
export function requestHash(call: Call): number | undefined {
  const action = call.exchange.route?.route.action;
  if (action?.kind !== 'forward' || action.hash === undefined) return undefined;
  let key: string | undefined;
  for (const [index, policy] of action.hash.entries()) {
    const value = valueOf(policy, call);
    if (value !== undefined) key = `${key ?? ''}${index} ${value}\n`;
    if (policy.terminal && key !== undefined) break;
  }
  return key === undefined ? undefined : keyHash(key);
}

function valueOf(policy: HashPolicy, call: Call): string | undefined {
  const { headers, connection } = call.exchange;
  if (policy.kind === 'sourceIp') return connection.peer;
  if (policy.kind === 'header') return joinedValue(headers, policy.name);
  const known = cookieValue(headers, policy.name);
  if (known !== undefined || policy.ttlSeconds === undefined) return known;
  return newCookie(policy, policy.ttlSeconds, call);
}

/** Envoy: requests that race on one connection get the same cookie. */
function newCookie(
  { name, path }: HashCookie,
  ttlSeconds: number,
  { request, answerLines }: Call,
): string {
  const { remoteAddress, remotePort, localAddress, localPort } = request.socket;
  const ends = [remoteAddress, remotePort, localAddress, localPort].join(' ');
  const value = hash('sha256', ends, 'hex').slice(0, 16);
  const age = ttlSeconds > 0 ? `; Max-Age=${ttlSeconds}` : '';
  const place = path === undefined ? '' : `; Path=${path}`;
  const line = `${name}="${value}"${age}${place}; HttpOnly`;
  // Another try asks again.
  if (!answerLines.includes(line)) answerLines.push('set-cookie', line);
  return value;
}

/** Of the first cookie of that name, without quotes. */
export function cookieValue(headers: readonly string[], name: string): string | undefined {
  for (const line of valuesOf(headers, 'cookie')) {
    for (const pair of line.split(';')) {
      const at = pair.indexOf('=');
      if (at < 0 || pair.slice(0, at).trim() !== name) continue;
      const value = pair.slice(at + 1).trim();
      const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
      return isQuoted ? value.slice(1, -1) : value;
    }
  }
  return undefined;
}
