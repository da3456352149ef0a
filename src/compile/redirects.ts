import { redirectCodes, type RedirectSpec } from '../api/route.ts';
import type { RedirectAction, RedirectPath } from '../ir/table.ts';
import { enumName } from './enum-name.ts';
import { checkHeadText } from './head-text.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';
import { checkRegex } from './regex-limit.ts';

const statusOf = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
} as const;

/** Compiles a redirect; the path changes only where one of its three fields says so. */
export function compileRedirect(
  { value: spec, path }: At<RedirectSpec>,
  scope: HostScope,
): RedirectAction {
  const target = compilePath(spec, path, scope);
  for (const name of ['hostRedirect', 'pathRedirect', 'prefixRewrite'] as const) {
    checkHeadText(spec[name], `${path}.${name}`, scope);
  }
  checkHeadText(spec.regexRewrite?.substitution, `${path}.regexRewrite.substitution`, scope);
  return {
    kind: 'redirect',
    status: statusOf[enumName(spec.responseCode, redirectCodes)],
    ...(spec.hostRedirect ? { host: spec.hostRedirect } : {}),
    ...(spec.portRedirect ? { port: spec.portRedirect } : {}),
    https: spec.httpsRedirect ?? false,
    ...(target ? { path: target } : {}),
    stripQuery: spec.stripQuery ?? false,
  };
}

function compilePath(spec: RedirectSpec, path: string, scope: HostScope): RedirectPath | undefined {
  if (spec.pathRedirect !== undefined) return { kind: 'replace', value: spec.pathRedirect };
  if (spec.prefixRewrite !== undefined) return { kind: 'prefix', value: spec.prefixRewrite };
  if (!spec.regexRewrite) return undefined;
  const pattern = spec.regexRewrite.pattern?.regex ?? '';
  checkRegex(pattern, { path: `${path}.regexRewrite.pattern.regex` }, scope);
  return { kind: 'regex', pattern, substitution: spec.regexRewrite.substitution ?? '' };
}
