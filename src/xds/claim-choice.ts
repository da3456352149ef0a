import type { VirtualHost } from '../ir/table.ts';

/** Whether a header made of a claim chooses routes of the virtual host. */
export function choosesByClaims(host: VirtualHost): boolean {
  const written = new Set(
    Object.values(host.providers).flatMap(({ claimsToHeaders }) =>
      claimsToHeaders.map(({ header }) => header),
    ),
  );
  return host.routes.some(({ matchers }) =>
    matchers.some(({ headers }) => headers.some(({ name }) => written.has(name))),
  );
}

/**
 * Whether claims may choose a route that asks for another verification than the one that was done: Envoy does not verify
 * anew, so that authorization has to ask for it.
 */
export function needsGuard(host: VirtualHost): boolean {
  const verifications = new Set(host.routes.map(({ jwt }) => JSON.stringify(jwt)));
  return verifications.size > 1 && choosesByClaims(host);
}
