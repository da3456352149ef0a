import { badRequest, bareBadRequest, type Denial } from './denial.ts';

/** A request target in the one form that routing, authorization, the log and the upstream use. */
export interface RequestTarget {
  /** Normalised, begins with `/`. */
  readonly path: string;
  /** As sent, without `?`; undefined when there is no `?`. */
  readonly query: string | undefined;
  /** Of the absolute form: it takes the place of `Host` (RFC 9112 section 3.2.2). */
  readonly authority: string | undefined;
}

// What most targets look like: nothing to decode, resolve or refuse.
const PLAIN = /^\/(?:[\w\-~!$&'()*+,:;=@[\]/]|\.(?![./?]|$))*(?:\?[!"$-~]*)?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const UNSAFE = /[^!-~]/;
const ESCAPED_PATH_CHARACTER = /["<>^`{|}]/g;

/** Reads a raw target the way Envoy with `normalize_path` does, and refuses what would be read differently further on. */
export function normalizeTarget(raw: string): RequestTarget | Denial {
  if (PLAIN.test(raw)) return split(raw, undefined);
  if (UNSAFE.test(raw)) return badRequest('bad_target', 'character outside of printable ASCII');
  if (raw.includes('#')) return bareBadRequest('fragment in the target');
  const absolute = ABSOLUTE.exec(raw);
  const authority = absolute?.[1];
  const rest = absolute === null ? raw : originForm(absolute[2] ?? '');
  if (!rest.startsWith('/')) return badRequest('bad_target', 'target does not begin with a slash');
  const { path, query } = split(rest, authority);
  const normal = normalizePath(path);
  return typeof normal === 'string' ? { path: normal, query, authority } : normal;
}

function originForm(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function split(target: string, authority: string | undefined): RequestTarget {
  const mark = target.indexOf('?');
  if (mark === -1) return { path: target, query: undefined, authority };
  return { path: target.slice(0, mark), query: target.slice(mark + 1), authority };
}

const NUL = /%00/;
const BACKSLASH = /%5c/i;
const ENCODED_SLASH = /%2f/i;
const ODD_SEGMENT = /(?:%(?:[01][0-9a-f]|20|3b|7f)|;)\.\.|\.\.(?:%(?:[01][0-9a-f]|20|3b|7f)|;)/i;

function normalizePath(raw: string): string | Denial {
  if (NUL.test(raw)) return bareBadRequest('%00 in the path');
  if (BACKSLASH.test(raw)) return badRequest('bad_target', '%5C in the path');
  const decoded = decodeUnreserved(raw.replaceAll('\\', '/'));
  if (hidesDotSegment(decoded)) return badRequest('bad_target', 'disguised dot segment');
  if (ENCODED_SLASH.test(decoded) && isAmbiguous(decoded)) {
    return badRequest('bad_target', '%2F next to a dot or empty segment');
  }
  return resolveDots(decoded).replace(ESCAPED_PATH_CHARACTER, escapeCharacter);
}

/** Whether servers that cut `;parameters` or trim white space see a dot segment in a path. */
export function hidesDotSegment(path: string): boolean {
  return ODD_SEGMENT.test(path);
}

/** `%61` and `a` are one character (RFC 3986 section 6.2.2.2); reserved ones keep their escape, and nothing is decoded twice. */
function decodeUnreserved(path: string): string {
  if (!path.includes('%')) return path;
  return path.replaceAll(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w\-.~]/.test(character) ? character : escape;
  });
}

/** Whether a server that decodes `%2F` would resolve the path to another place. */
function isAmbiguous(path: string): boolean {
  return path
    .slice(1)
    .split('/')
    .some((segment) => {
      const parts = segment.split(/%2f/i);
      return parts.length > 1 && parts.some((part) => part === '' || part === '.' || part === '..');
    });
}

/** RFC 3986 section 5.2.4; empty segments stay, and `..` takes one away as the URL standard does. */
function resolveDots(path: string): string {
  if (!path.includes('/.')) return path;
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (last && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}`;
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
