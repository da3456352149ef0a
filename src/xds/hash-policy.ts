import type { HashPolicy, Labels } from '../ir/balancer.ts';
import type { EnvoyConfig } from './typed-config.ts';

/** Policies of a route for clusters whose balancer hashes. */
export function hashPolicies(policies: readonly HashPolicy[] | undefined): EnvoyConfig {
  return policies === undefined ? {} : { hash_policy: policies.map(hashPolicy) };
}

function hashPolicy(policy: HashPolicy): EnvoyConfig {
  const { terminal } = policy;
  if (policy.kind === 'header') return { header: { header_name: policy.name }, terminal };
  if (policy.kind === 'sourceIp') return { connection_properties: { source_ip: true }, terminal };
  const { name, ttlSeconds, path } = policy;
  const ttl = ttlSeconds === undefined ? {} : { ttl: `${ttlSeconds}s` };
  return { cookie: { name, ...ttl, ...(path === undefined ? {} : { path }) }, terminal };
}

/** Labels in the form that subsets are chosen by. */
export function lbMetadata(labels: Labels): EnvoyConfig {
  return { 'envoy.lb': labels };
}
