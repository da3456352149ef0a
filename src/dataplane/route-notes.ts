import type { Trace } from '../base/trace.ts';
import type { HeaderMatch, Matcher, PathMatch, QueryMatch } from '../ir/matcher.ts';
import type { Exchange } from './exchange.ts';
import { compileMatcher } from './matcher.ts';
import type { PreparedMatcher, PreparedRoute, PreparedVirtualHost } from './program.ts';

/** Names listed in one note at most. */
const listLimit = 20;

/** For a trace: which virtual host a host name led to, and what of the client's headers it takes out. */
export function virtualHostNotes(
  { listener, headers }: Exchange,
  host: string,
  found: PreparedVirtualHost | undefined,
): readonly string[] {
  if (found === undefined) {
    const domains = listener.served.flatMap(({ virtualHost }) => virtualHost.domains);
    return [
      `no virtual host of listener ${listener.listener.name} for ${host}: ${listed(domains)}`,
    ];
  }
  const { name, domains } = found.virtualHost;
  const taken = headers.filter(
    (line, at) => at % 2 === 0 && found.trustedNames.has(line.replaceAll('_', '-')),
  );
  return [
    `${host} is served by virtual host ${name} (${listed(domains)})`,
    ...(taken.length === 0 ? [] : [`taken out, since only claims write them: ${listed(taken)}`]),
  ];
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - listLimit;
  return names.slice(0, listLimit).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** For a trace: why a matcher fits, or what of it does not. */
export function matcherNote(
  exchange: Exchange,
  { route, matchers }: PreparedRoute,
  prepared: PreparedMatcher,
  fits: boolean,
): string {
  const at = matchers.length > 1 ? `, matcher ${matchers.indexOf(prepared)}` : '';
  const { matcher } = prepared;
  if (fits) return `route ${route.name}${at} fits: ${pathText(matcher.path)}`;
  return `route ${route.name}${at} does not fit: ${misfits(exchange, matcher).join('; ')}`;
}

/** Each condition by itself, tested by the same code as all of them. */
function misfits(exchange: Exchange, matcher: Matcher): readonly string[] {
  const path: PathMatch = { kind: 'prefix', value: '/', caseSensitive: true };
  const alone: Matcher = { path, headers: [], query: [], methods: [] };
  const fails = (part: Partial<Matcher>): boolean =>
    !compileMatcher({ ...alone, ...part })(exchange);
  const { trace } = exchange;
  const { methods } = matcher;
  return [
    ...(fails({ path: matcher.path }) ? [`path is not ${pathText(matcher.path)}`] : []),
    ...(fails({ methods }) ? [`method is not ${methods.join(' or ')}`] : []),
    ...matcher.headers
      .filter((header) => fails({ headers: [header] }))
      .map((header) => headerText(header, trace)),
    ...matcher.query
      .filter((parameter) => fails({ query: [parameter] }))
      .map((parameter) => `parameter ${valueText(parameter, trace)}`),
  ];
}

function pathText({ kind, value, caseSensitive }: PathMatch): string {
  return `${kind} ${value}${caseSensitive ? '' : ' in any case'}`;
}

function headerText(header: HeaderMatch, trace: Trace | undefined): string {
  const { kind, name, invert } = header;
  if (!invert) return `header ${valueText(header, trace)}`;
  if (kind === 'present') return `header ${name} is there`;
  return `header ${name} is absent, or has the value that is ruled out`;
}

/** What is wanted may be a secret between a client and the gateway. */
function valueText({ name, kind, value }: HeaderMatch | QueryMatch, trace?: Trace): string {
  if (kind === 'present') return `${name} is absent`;
  const wanted = kind === 'exact' ? 'value' : 'expression';
  return `${name} is absent, or does not fit the ${wanted}${trace?.value(value) ?? ''}`;
}
