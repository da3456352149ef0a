import type { RouteOptions } from '../api/options.ts';
import type { RegexRewriteSpec } from '../api/rewrite.ts';
import type { HostRewrite, HostSource, RegexRewrite } from '../ir/rewrite.ts';
import type { ForwardAction } from '../ir/table.ts';
import { shown } from './findings.ts';
import { isHeaderName } from './header-text.ts';
import { checkHeadText } from './head-text.ts';
import { isAuthority } from './host-names.ts';
import type { At } from './host-plan.ts';
import { scopeAt } from './parts.ts';
import type { HostScope } from './providers.ts';
import { checkRegex } from './regex-limit.ts';
import type { RoutePlan } from './route-plan.ts';

type Field = Extract<keyof RouteOptions, string>;

/** What becomes of the path and of `Host` on the way to the upstream; checks `prefixRewrite` too. */
export function compileRewrites(
  plan: RoutePlan,
  scope: HostScope,
): Pick<ForwardAction, 'regexRewrite' | 'host'> {
  const { value } = plan.options;
  const at = (field: Field) => placeOf(field, plan, scope);
  const prefix = at('prefixRewrite');
  checkHeadText(value.prefixRewrite ?? undefined, prefix.path, prefix.scope);
  const regex = at('regexRewrite');
  if (value.prefixRewrite && value.regexRewrite) {
    regex.scope.findings.error({
      reason: 'ConflictingFields',
      path: regex.path,
      what: 'the path cannot be rewritten in two ways',
      found: 'prefixRewrite and regexRewrite',
      accepted: 'one of them',
    });
  }
  const rewritten = value.regexRewrite;
  const host = compileHost(plan, at);
  return {
    ...(rewritten
      ? { regexRewrite: regexRewrite({ value: rewritten, path: regex.path }, regex.scope) }
      : {}),
    ...(host ? { host } : {}),
  };
}

interface FieldPlace {
  readonly path: string;
  readonly scope: HostScope;
}

function placeOf(field: Field, { options, path }: RoutePlan, scope: HostScope): FieldPlace {
  const layer = options.layerOf(field);
  return { path: `${layer?.path ?? path}.${field}`, scope: scopeAt(scope, layer?.place) };
}

function compileHost(
  { options: { value } }: RoutePlan,
  at: (field: Field) => FieldPlace,
): HostRewrite | undefined {
  const to = hostSource(value, at);
  const appendForwarded = value.appendXForwardedHost ?? false;
  return to || appendForwarded ? { ...(to ? { to } : {}), appendForwarded } : undefined;
}

function hostSource(
  options: RouteOptions,
  at: (field: Field) => FieldPlace,
): HostSource | undefined {
  if (options.autoHostRewrite === true) return { kind: 'endpoint' };
  if (options.hostRewrite) {
    if (!isAuthority(options.hostRewrite)) {
      invalid(options.hostRewrite, 'a host, with or without port', at('hostRewrite'));
    }
    return { kind: 'literal', value: options.hostRewrite };
  }
  if (options.hostRewriteHeader) {
    const place = at('hostRewriteHeader');
    return { kind: 'header', name: headerName(options.hostRewriteHeader, place) };
  }
  if (!options.hostRewritePathRegex) return undefined;
  const { path, scope } = at('hostRewritePathRegex');
  return { kind: 'path', ...regexRewrite({ value: options.hostRewritePathRegex, path }, scope) };
}

function headerName(name: string, { path, scope }: FieldPlace): string {
  if (!isHeaderName(name)) invalid(name, 'the name of a header', { path, scope });
  return name.toLowerCase();
}

function invalid(found: string, accepted: string, { path, scope }: FieldPlace): void {
  const what = 'it cannot lead to a Host';
  scope.findings.error({ reason: 'InvalidRoute', path, what, found: shown(found), accepted });
}

function regexRewrite({ value, path }: At<RegexRewriteSpec>, scope: HostScope): RegexRewrite {
  const pattern = value.pattern?.regex ?? '';
  const substitution = value.substitution ?? '';
  const at = `${path}.substitution`;
  checkRegex(pattern, { path: `${path}.pattern.regex` }, scope);
  checkHeadText(substitution, at, scope);
  const groups = groupCount(pattern);
  const references = substitution.match(/\\[^]?/g) ?? [];
  const wrong = references.find(
    (one) => one !== '\\\\' && !(/^\\\d$/.test(one) && Number(one[1]) <= groups),
  );
  if (wrong !== undefined || substitution.includes('#')) {
    scope.findings.error({
      reason: 'InvalidRoute',
      path: at,
      what: 'it cannot be put in',
      found: shown(wrong ?? '#'),
      accepted: `\\0 to \\${groups} for what the groups matched, \\\\ for a backslash, and no #`,
    });
  }
  return { pattern, substitution };
}

function groupCount(pattern: string): number {
  const bare = pattern.replaceAll(/\\[^]/g, '').replaceAll(/\[\^?\]?[^\]]*\]/g, '');
  return Math.min(9, bare.match(/\((?!\?)|\(\?P?</g)?.length ?? 0);
}
