import type {
  AddedHeader,
  HeaderChanges,
  HeaderEdit,
  HeaderValuePart,
} from '../ir/route-headers.ts';
import type { Route, RouteAction } from '../ir/table.ts';
import { findingsAt, type Findings, type Origin } from './findings.ts';

/** A header that is put into requests, and where that is written. */
export interface HeaderUse {
  readonly header: AddedHeader;
  readonly path: string;
  readonly origin?: Origin;
}

/** What is known when all routes of a virtual host are compiled. */
export interface SpoofingScope {
  /** Headers that only claims write. */
  readonly claimHeaders: readonly string[];
  readonly uses: readonly HeaderUse[];
  readonly findings: Findings;
}

/**
 * The same routes, in which no client writes what is taken for a claim: a header of that name is not made of what the client
 * sends, and a copy of a claim that replaces what is there does so without a claim too.
 */
export function withoutSpoofing(routes: readonly Route[], scope: SpoofingScope): readonly Route[] {
  if (scope.uses.length === 0 || scope.claimHeaders.length === 0) return routes;
  const claims = new Set(scope.claimHeaders.map(folded));
  for (const use of scope.uses) warn(use, claims, scope.findings);
  return routes.map((route) => ({
    ...route,
    ...(route.headers ? { headers: route.headers.map((one) => guarded(one, claims)) } : {}),
    action: guardedShares(route.action, claims),
  }));
}

function guardedShares(action: RouteAction, claims: ReadonlySet<string>): RouteAction {
  if (action.kind !== 'forward') return action;
  const destinations = action.destinations.map((share) =>
    share.headers ? { ...share, headers: guarded(share.headers, claims) } : share,
  );
  return { ...action, destinations };
}

function guarded(changes: HeaderChanges, claims: ReadonlySet<string>): HeaderChanges {
  const { request } = changes;
  return request ? { ...changes, request: guardedEdit(request, claims) } : changes;
}

function guardedEdit({ remove, add }: HeaderEdit, claims: ReadonlySet<string>): HeaderEdit {
  const copies = add.filter((header) => !header.append && isCopy(header, claims));
  return {
    remove: [...new Set([...remove, ...copies.map(({ name }) => name)])],
    add: add.filter((header) => !isSpoofed(header, claims)),
  };
}

function warn(
  { header, path, origin }: HeaderUse,
  claims: ReadonlySet<string>,
  own: Findings,
): void {
  const findings = origin ? findingsAt(own, origin) : own;
  const reason = 'InvalidValue';
  if (isSpoofed(header, claims)) {
    const what = `claims write ${header.name}, and the client would write this: it is left out`;
    findings.warn({ reason, path, what });
  } else if (header.append && isCopy(header, claims)) {
    const what = `what the client itself sends as ${header.name} stays beside the claim, unless append is false`;
    findings.warn({ reason, path, what });
  }
}

/** A header of a claim, made of something else that the client sends. */
function isSpoofed({ name, value }: AddedHeader, claims: ReadonlySet<string>): boolean {
  if (!claims.has(folded(name))) return false;
  return namesIn(value).some((source) => !claims.has(folded(source)));
}

/** Another header, made of a claim. */
function isCopy({ name, value }: AddedHeader, claims: ReadonlySet<string>): boolean {
  return !claims.has(folded(name)) && namesIn(value).some((source) => claims.has(folded(source)));
}

function namesIn(value: AddedHeader['value']): readonly string[] {
  if ('secret' in value) return [];
  return value.flatMap((part: HeaderValuePart) => {
    if (typeof part === 'string' || part.of !== 'request') return [];
    return [part.name, ...(part.alternative === undefined ? [] : [part.alternative])];
  });
}

/** Servers behind CGI do not tell `_` from `-`. */
function folded(name: string): string {
  return name.replaceAll('_', '-');
}
