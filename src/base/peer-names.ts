import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** Undefined: one of the names is among the subject alternative names of the certificate; else an error, for node:tls. */
export function hasName(certificate: PeerCertificate, names: readonly string[]): Error | undefined {
  const alternatives = alternativeNames(certificate.subjectaltname ?? '');
  const found = names.some((name) =>
    alternatives.some(({ kind, value }) => isOf(name, kind, value)),
  );
  return found ? undefined : new Error('none of the accepted names is in the certificate');
}

function isOf(name: string, kind: string, value: string): boolean {
  if (kind !== 'DNS') return name === value;
  if (name.toLowerCase() === value.toLowerCase()) return true;
  if (!value.startsWith('*.') || value.includes('"') || value.includes(',')) return false;
  // A certificate for `*.x` is one for `a.x`.
  const only = { subjectaltname: `DNS:${value}`, subject: {} } as PeerCertificate;
  return checkServerIdentity(name, only) === undefined;
}

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

const item = /([^:,]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/gy;

/** As node:tls writes them; whatever could be mistaken for two is quoted as in JSON there. */
function alternativeNames(text: string): readonly AlternativeName[] {
  const names: AlternativeName[] = [];
  for (const [, kind = '', written = ''] of text.matchAll(item)) {
    names.push({ kind, value: written.startsWith('"') ? unquoted(written) : written });
  }
  return names;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}
