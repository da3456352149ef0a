import type { LbHashSpec } from '../api/load-balancer.ts';
import { durationMs } from '../base/duration.ts';
import type { HashPolicy } from '../ir/balancer.ts';
import type { ForwardAction } from '../ir/table.ts';

type PolicySpec = NonNullable<LbHashSpec['hashPolicies']>[number];

/** What of a request its hash is made of; nothing where no policy asks for anything. */
export function compileLbHash(spec: LbHashSpec | undefined): Pick<ForwardAction, 'hash'> {
  const hash = (spec?.hashPolicies ?? []).flatMap(compilePolicy);
  return hash.length > 0 ? { hash } : {};
}

function compilePolicy(spec: PolicySpec): readonly HashPolicy[] {
  const { header, cookie, sourceIp, terminal = false } = spec;
  if (header) return [{ kind: 'header', name: header.toLowerCase(), terminal }];
  if (sourceIp === true) return [{ kind: 'sourceIp', terminal }];
  if (!cookie?.name) return [];
  const ttlMs = durationMs(cookie.ttl ?? '');
  const ttl = ttlMs === undefined ? {} : { ttlSeconds: Math.floor(ttlMs / 1000) };
  const path = cookie.path ? { path: cookie.path } : {};
  return [{ kind: 'cookie', name: cookie.name, ...ttl, ...path, terminal }];
}
