import type { Trace } from '../base/trace.ts';
import type { TokenSource } from '../ir/jwt.ts';

/** What the verifier needs to know of a request. */
export interface TokenRequest {
  /** Lines of a header by lower-case name, in order; empty when absent. */
  readonly headerLines: (name: string) => readonly string[];
  /** Percent-decoded value of the first occurrence of a query parameter; undefined when absent. */
  readonly queryParameter: (name: string) => string | undefined;
  /** Is told what was found; absent: nobody asked. */
  readonly trace?: Trace | undefined;
}

/** A text that stands where a token is expected. */
export interface FoundToken {
  readonly text: string;
  readonly source: TokenSource;
}

/** Everything that stands in the places of a provider, in the order of looking. All of it has to verify. */
export function extractTokens(
  request: TokenRequest,
  sources: readonly TokenSource[],
): readonly FoundToken[] {
  const found: FoundToken[] = [];
  for (const source of sources) {
    if (source.kind === 'query') {
      const text = request.queryParameter(source.name);
      if (text !== undefined) found.push({ text, source });
      continue;
    }
    for (const value of headerValues(request, source.name)) {
      const text = tokenIn(value, source);
      if (text !== undefined) found.push({ text, source });
    }
  }
  return found;
}

/** Whether something that could be read as a token stands there: also what a laxer reader than this one would take. */
export function mayCarryToken(request: TokenRequest, source: TokenSource): boolean {
  if (source.kind === 'query') return request.queryParameter(source.name) !== undefined;
  return request.headerLines(source.name).some((line) => line.includes(source.prefix));
}

/** Envoy joins the lines of Authorization before it looks; of other headers each line is a value of its own, the last first. */
function headerValues(request: TokenRequest, name: string): readonly string[] {
  const lines = request.headerLines(name);
  if (lines.length < 2) return lines;
  return name === 'authorization' ? [lines.join(',')] : lines.toReversed();
}

/** Characters a token can begin with: whatever else follows the prefix is skipped, as Envoy does it. */
const tokenStart = /[A-Za-z0-9_.-]/g;

type HeaderSource = Extract<TokenSource, { kind: 'header' }>;

function tokenIn(value: string, { name, prefix }: HeaderSource): string | undefined {
  if (prefix === '') return value;
  const at = value.indexOf(prefix);
  if (at < 0 || (name === 'authorization' && !beginsCredentials(value, at))) return undefined;
  tokenStart.lastIndex = at + prefix.length;
  const first = tokenStart.exec(value);
  // Nothing there: the whole value then fails as "not in the form".
  return first ? value.slice(first.index) : value;
}

/** At the start or behind a comma: `xBearer T` are no credentials of the scheme Bearer (RFC 9110 section 11.4). */
function beginsCredentials(value: string, at: number): boolean {
  return at === 0 || /,[ \t]*$/.test(value.slice(0, at));
}
