import type { MatcherSpec } from '../api/matcher.ts';
import type { HeaderMatch, Matcher, PathMatch, QueryMatch } from '../ir/matcher.ts';
import { copyFindings, createFindings, shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';
import { checkRegex } from './regex-limit.ts';
import { bySegment } from './segments.ts';

const everything: Matcher = {
  path: { kind: 'prefix', value: '/', caseSensitive: true },
  headers: [],
  query: [],
  methods: [],
};

/**
 * Without matchers a route takes every request. One with an error is left out, and so is one for CONNECT, which is not
 * served: a route that is left without any takes none.
 */
export function compileMatchers(
  { value: specs, path }: At<readonly MatcherSpec[] | undefined>,
  scope: HostScope,
): readonly Matcher[] {
  if (!specs || specs.length === 0) return [everything];
  return specs.flatMap((spec, index) => {
    if (spec.connectMatcher) return [];
    const findings = createFindings();
    const matcher = compileMatcher(spec, `${path}[${index}]`, { ...scope, findings });
    copyFindings(findings, scope.findings, () => false);
    return findings.hasErrors() ? [] : [matcher];
  });
}

function compileMatcher(spec: MatcherSpec, path: string, scope: HostScope): Matcher {
  return {
    path: compilePath(spec, path, scope),
    headers: (spec.headers ?? []).map((header, index) => {
      const name = header.name.toLowerCase();
      const kind = valueKind(header, `${path}.headers[${index}]`, scope);
      const match: HeaderMatch = {
        name,
        kind,
        value: header.value ?? '',
        invert: header.invertMatch ?? false,
      };
      return match;
    }),
    query: (spec.queryParameters ?? []).map((parameter, index): QueryMatch => {
      const kind = valueKind(parameter, `${path}.queryParameters[${index}]`, scope);
      return { name: parameter.name, kind, value: parameter.value ?? '' };
    }),
    methods: spec.methods ?? [],
  };
}

function valueKind(
  spec: { readonly value?: string; readonly regex?: boolean },
  path: string,
  scope: HostScope,
): 'present' | 'exact' | 'regex' {
  if (spec.value === undefined || spec.value === '') return 'present';
  if (spec.regex !== true) return 'exact';
  checkRegex(spec.value, { path: `${path}.value`, isSecret: true }, scope);
  return 'regex';
}

function compilePath(spec: MatcherSpec, path: string, scope: HostScope): PathMatch {
  const caseSensitive = spec.caseSensitive ?? true;
  if (spec.regex !== undefined) {
    checkRegex(spec.regex, { path: `${path}.regex` }, scope);
    return { kind: 'regex', value: spec.regex, caseSensitive: true };
  }
  const kind = spec.exact === undefined ? 'prefix' : 'exact';
  const value = spec.exact ?? spec.prefix;
  // It may come from the delegating route.
  if (value === undefined && scope.isDetached === true) return everything.path;
  if (value === undefined) {
    scope.findings.error({
      reason: 'InvalidRoute',
      path,
      what: 'the matcher says nothing of the path',
      found: 'no prefix, exact or regex',
      accepted: 'one of them, for example prefix: /',
      gloo: 'no path specifier provided',
    });
    return everything.path;
  }
  checkPath(value, `${path}.${kind}`, scope);
  const { strictRoutePaths } = scope.context.settings;
  return {
    kind,
    value,
    caseSensitive,
    ...(kind === 'prefix' ? bySegment(value, strictRoutePaths) : {}),
  };
}

/** Requests are compared by their normalised path: one that cannot occur there is a mistake (Gloo refuses the same). */
const impossible = ['//', '/./', '/../', '%2f', '%2F', '#'] as const;

function checkPath(value: string, path: string, scope: HostScope): void {
  const part =
    impossible.find((text) => value.includes(text)) ??
    ['/..', '/.'].find((ending) => value.endsWith(ending)) ??
    (value.startsWith('/') || (path.endsWith('.prefix') && value === '') ? undefined : value);
  if (part === undefined) return;
  scope.findings.error({
    reason: 'InvalidRoute',
    path,
    what: 'no request has such a path',
    found: shown(value),
    accepted: 'a path that begins with / and has no //, dot segments, %2f or #',
    ...(part === value
      ? {}
      : { gloo: `the path is invalid: path [${value}] cannot contain [${part}]` }),
  });
}
