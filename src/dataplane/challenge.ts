/** Characters of the path that a challenge repeats at most (Envoy). */
const PATH_LIMIT = 256;

/**
 * The `www-authenticate` of a refused token (RFC 6750 section 3). Scheme and path come from the connection and the
 * normalised target, without the query: a token in it must not come back, and no client header chooses the realm.
 */
export function bearerChallenge(
  request: { readonly scheme: string; readonly authority: string; readonly path: string },
  invalidToken: boolean,
): string {
  const { scheme, authority, path } = request;
  const realm = `${scheme}://${authority}${path.slice(0, PATH_LIMIT)}`;
  return `Bearer realm="${realm}"${invalidToken ? ', error="invalid_token"' : ''}`;
}
