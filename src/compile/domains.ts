import type { CompileContext } from './context.ts';
import type { Findings } from './findings.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';

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
export function domainKey(listener: string, domain: string): string {
  return `${domain} ${listener}`;
}

/** Notes the domains that an older virtual host has on one of the listeners. */
export function checkConflicts(
  { value: domains, path }: At<readonly string[]>,
  listeners: readonly string[],
  domainOwners: CompileContext['domainOwners'],
  findings: Findings,
): void {
  for (const domain of domains) {
    const owners = listeners.flatMap(
      (listener) => domainOwners.get(domainKey(listener, domain)) ?? [],
    );
    if (owners.length === 0) continue;
    const others = [...new Set(owners)].join(' ');
    findings.error({
      reason: 'DomainConflict',
      path,
      what: 'the domain belongs to an older virtual service, which keeps it',
      found: `${shown(domain)}, which ${others} has`,
      accepted: 'a domain of its own',
      gloo:
        domain === '*'
          ? `domain conflict: other virtual services that belong to the same Gateway as this one don't specify a domain (and thus default to '*'): [${others}]`
          : `domain conflict: the [${domain}] domain is present in other virtual services that belong to the same Gateway as this one: [${others}]`,
    });
  }
}
