import type { SignatureCheck } from './token-signature.ts';
import type { TokenText } from './token-text.ts';
import { distanceText, utcText } from './token-time.ts';

const algorithmWords: readonly (readonly [RegExp, string])[] = [
  [/^RS(\d+)$/, 'RSA PKCS#1 v1.5 with SHA-$1'],
  [/^PS(\d+)$/, 'RSA-PSS with SHA-$1'],
  [/^ES(\d+)$/, 'ECDSA with SHA-$1'],
  [/^HS(\d+)$/, 'HMAC with SHA-$1, a shared secret'],
  [/^(EdDSA|Ed25519)$/, 'Ed25519'],
  [/^none$/i, 'not signed at all'],
];

const claimWords: Readonly<Record<string, string>> = {
  iss: 'issuer',
  sub: 'subject',
  aud: 'audience',
  exp: 'expires',
  nbf: 'not before',
  iat: 'issued',
  jti: 'token id',
};

/** What `token inspect` prints. */
export interface TokenReport {
  readonly token: TokenText;
  readonly findings: readonly string[];
  /** Absent: no key was given. */
  readonly signature?: SignatureCheck;
  readonly nowSeconds: number;
}

/** The report as text: header, claims, signature, warnings. */
export function tokenReport(report: TokenReport): string {
  const { header, payload } = report.token;
  const sections = [
    section('Header', Object.entries(header).map(headerLine)),
    section(
      'Claims',
      Object.entries(payload).map((entry) => claimLine(entry, report.nowSeconds)),
    ),
    section('Signature', [
      report.signature?.text ?? 'not checked: give --key FILE or --jwks FILE to check it',
    ]),
    section(
      report.findings.length === 0 ? 'No warnings' : 'Warnings',
      report.findings.map((finding) => `! ${finding}`),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function headerLine([name, value]: readonly [string, unknown]): string {
  const note = name === 'alg' && typeof value === 'string' ? algorithmNote(value) : undefined;
  return fieldLine(name, value, note);
}

function algorithmNote(alg: string): string {
  for (const [pattern, words] of algorithmWords) {
    if (pattern.test(alg)) return alg.replace(pattern, words);
  }
  return 'unknown';
}

function claimLine([name, value]: readonly [string, unknown], nowSeconds: number): string {
  const words = Object.hasOwn(claimWords, name) ? claimWords[name] : undefined;
  const isDate = ['exp', 'nbf', 'iat'].includes(name) && typeof value === 'number';
  const when = isDate ? `${utcText(value)}, ${distanceText(value, nowSeconds)}` : undefined;
  const note = [words, when].filter((part) => part !== undefined).join(': ');
  return fieldLine(name, value, note === '' ? undefined : note);
}

/** JSON.stringify escapes control characters, so that a token cannot write to the terminal. */
function fieldLine(name: string, value: unknown, note: string | undefined): string {
  const shown = /^[\w./:@-]+$/.test(name) ? name : JSON.stringify(name);
  return `${shown.padEnd(8)} ${JSON.stringify(value)}${note === undefined ? '' : `  (${note})`}`;
}
