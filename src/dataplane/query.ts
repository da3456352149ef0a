/** The raw value of the first parameter of that name (names are compared as sent); undefined: not there. */
export function firstParameter(query: string | undefined, name: string): string | undefined {
  if (query === undefined) return undefined;
  for (const piece of query.split('&')) {
    const equals = piece.indexOf('=');
    if ((equals === -1 ? piece : piece.slice(0, equals)) !== name) continue;
    return equals === -1 ? '' : piece.slice(equals + 1);
  }
  return undefined;
}

/** The decoded value of the first parameter whose decoded name fits; undefined: not there. */
export function firstDecodedParameter(query: string | undefined, name: string): string | undefined {
  if (query === undefined) return undefined;
  for (const piece of query.split('&')) {
    const equals = piece.indexOf('=');
    if (decoded(equals === -1 ? piece : piece.slice(0, equals)) !== name) continue;
    return equals === -1 ? '' : decoded(piece.slice(equals + 1));
  }
  return undefined;
}

/** Takes every parameter of that name out and leaves each other byte as it was; undefined: nothing is left, not even `?`. */
export function withoutParameter(query: string | undefined, name: string): string | undefined {
  if (query === undefined) return undefined;
  const pieces = query.split('&');
  const kept = pieces.filter((piece) => {
    const equals = piece.indexOf('=');
    return decoded(equals === -1 ? piece : piece.slice(0, equals)) !== name;
  });
  if (kept.length === pieces.length) return query;
  return kept.length === 0 ? undefined : kept.join('&');
}

/** A malformed escape stays as it is, as in Envoy. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
