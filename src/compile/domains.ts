import type { CompileContext } from './context.ts';
import type { Findings } from './findings.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

/** Exact (with or without port), `*`, `*.suffix`, `*-suffix`, `prefix.*`, `prefix-*`. */
const form =
  /^(?:\*|\*[.-][a-z0-9._-]+(?::\d+)?|[a-z0-9._-]+[.-]\*|[a-z0-9._-]+(?::\d+)?|\[[0-9a-f:.]+\](?::\d+)?)$/;

/** Domains in lower case; none, or one empty text, is `*`. */
export function compileDomains(
  { value, path }: At<readonly string[]>,
  name: string,
  findings: Findings,
): readonly string[] {
  if (value.length === 0 || (value.length === 1 && value[0] === '')) return ['*'];
  const seen = new Set<string>();
  for (const [index, written] of value.entries()) {
    // Requests are compared without a trailing dot.
    const domain = written.toLowerCase().replace(/(?<=[^.])\.(?=:\d+$|$)/, '');
    const at = `${path}[${index}]`;
    if (domain === '' || !form.test(domain)) {
      findings.error({
        reason: 'InvalidDomain',
        path: at,
        what: 'no Host can be that',
        found: shown(written),
        accepted: 'a host, *.suffix, prefix.* or *',
        ...(domain === '' ? { gloo: `virtual host ${name} has an empty domain` } : {}),
      });
    } else if (seen.has(domain)) {
      findings.error({
        reason: 'DomainConflict',
        path: at,
        what: 'the domain is there twice (case does not count)',
        found: shown(written),
        accepted: 'each domain once',
        gloo: `VirtualHost Error: DomainsNotUniqueError. Reason: domain ${domain} is shared by the following virtual hosts: [${name} ${name}]`,
      });
    }
    seen.add(domain);
  }
  return [...seen];
}

/** Key of a domain of a listener, among those that have an owner. */
function domainKey(listener: string, domain: string): string {
  return `${domain} ${listener}`;
}

/** Key of those that have a domain of a listener with a port, whichever that is. */
function portKey(listener: string, domain: string): string {
  return `${domain}:port ${listener}`;
}

/** Notes that a virtual host has these domains on these listeners. */
export function ownDomains(
  domains: readonly string[],
  listeners: readonly string[],
  { owner, domainOwners }: { readonly owner: string; readonly domainOwners: Map<string, string> },
): void {
  for (const listener of listeners) {
    for (const domain of domains) {
      domainOwners.set(domainKey(listener, domain), owner);
      const bare = withoutPort(domain);
      if (bare === domain) continue;
      const key = portKey(listener, bare);
      const others = domainOwners.get(key)?.split(' ') ?? [];
      domainOwners.set(key, [...new Set([...others, owner])].join(' '));
    }
  }
}

function withoutPort(domain: string): string {
  return domain.includes(':') ? domain.replace(/:\d+$/, '') : domain;
}

/** Notes the domains that an older virtual host has on one of the listeners. */
export function checkConflicts(
  { value: domains, path }: At<readonly string[]>,
  listeners: readonly string[],
  scope: Owners,
  findings: Findings,
): void {
  for (const domain of domains) {
    const conflict = conflictOf(domain, listeners, scope);
    if (!conflict) continue;
    const { others, how } = conflict;
    findings.error({
      reason: 'DomainConflict',
      path,
      what: 'the domain belongs to an older virtual service, which keeps it',
      found: `${shown(domain)}, which ${others} has${how}`,
      accepted: 'a domain of its own',
      gloo:
        domain === '*'
          ? `domain conflict: other virtual services that belong to the same Gateway as this one don't specify a domain (and thus default to '*'): [${others}]`
          : `domain conflict: the [${domain}] domain is present in other virtual services that belong to the same Gateway as this one: [${others}]`,
    });
  }
}

interface Owners extends Pick<HostScope, 'namespace'> {
  readonly context: Pick<CompileContext, 'domainOwners'>;
}

interface Conflict {
  /** Names of virtual hosts. */
  readonly others: string;
  readonly how: string;
}

/**
 * Clients name the port in Host wherever it is not the usual one: whoever had the domain with the port would get the requests
 * to the one without. Of one namespace that is its own affair.
 */
function conflictOf(
  domain: string,
  listeners: readonly string[],
  { namespace, context: { domainOwners } }: Owners,
): Conflict | undefined {
  const ownersBy = (key: string): readonly string[] => domainOwners.get(key)?.split(' ') ?? [];
  const ownersOf = (keyOf: (listener: string) => string): readonly string[] => [
    ...new Set(listeners.flatMap((listener) => ownersBy(keyOf(listener)))),
  ];
  const isForeign = (owner: string): boolean => !owner.startsWith(`${namespace}.`);
  const bare = withoutPort(domain);
  const same = ownersOf((listener) => domainKey(listener, domain));
  if (same.length > 0) return { others: same.join(' '), how: '' };
  const related =
    bare === domain
      ? ownersOf((listener) => portKey(listener, domain))
      : ownersOf((listener) => domainKey(listener, bare));
  const others = related.filter(isForeign).join(' ');
  if (others === '') return undefined;
  return { others, how: bare === domain ? ' with a port' : ' without the port' };
}
