import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

// As node writes them: a value with a comma or a quote in it is a JSON text.
const ENTRY = /(?:^|, )(DNS|URI|email):("(?:[^"\\]|\\.)*"|[^",]*)(?=, |$)/g;

/** Whether a certificate has one of the names as subject alternative name, of whichever kind; an empty list asks for none. */
export function hasSubjectAltName(
  certificate: Pick<X509Certificate, 'subjectAltName' | 'checkIP'>,
  names: readonly string[],
): boolean {
  if (names.length === 0) return true;
  const hosts = new Set<string>();
  const others = new Set<string>();
  for (const [, kind, written = ''] of (certificate.subjectAltName ?? '').matchAll(ENTRY)) {
    const text = written.startsWith('"') ? quoted(written) : written;
    if (kind === 'DNS') hosts.add(text.toLowerCase());
    else others.add(text);
  }
  return names.some((name) => {
    if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
    return others.has(name) || hosts.has(name.toLowerCase());
  });
}

function quoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
