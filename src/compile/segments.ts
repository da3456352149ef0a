/** A prefix that has to end where a segment does; one that ends with a slash does so by itself, and behind a `?` is no path. */
export function bySegment(prefix: string, isStrict: boolean): { readonly bySegment?: true } {
  const ends = prefix === '' || prefix.endsWith('/') || prefix.includes('?');
  return isStrict && !ends ? { bySegment: true } : {};
}

/** Whether a path of a manifest is below a prefix of another. */
export function isBelow(path: string, prefix: string, isStrict: boolean): boolean {
  if (!path.startsWith(prefix)) return false;
  return !isStrict || prefix.endsWith('/') || ['', '/'].includes(path.charAt(prefix.length));
}
