/** Envoy's reading of an audience: one `http://` or `https://` in front and one `/` at the end do not count. */
export function bareAudience(audience: string): string {
  const bare = audience.replace(/^https?:\/\//, '');
  return bare.endsWith('/') ? bare.slice(0, -1) : bare;
}

/** Whether one of a token's audiences is allowed; `allowed` is bare already, and empty allows any. */
export function isAudienceAllowed(found: readonly string[], allowed: ReadonlySet<string>): boolean {
  return allowed.size === 0 || found.some((audience) => allowed.has(bareAudience(audience)));
}
