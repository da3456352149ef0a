import type { OwnKind } from '../api/kinds.ts';
import { refKey, type Resource } from '../api/resource.ts';
import type { Ref } from '../api/schema.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { CompileContext } from './context.ts';
import { findingsAt, type Origin } from './findings.ts';
import type { HostScope } from './providers.ts';

/** Kinds of which others use parts; tables come last, since they use the rest. */
export const partKinds = [
  'RouteOption',
  'VirtualHostOption',
  'UpstreamGroup',
  'RouteTable',
] as const satisfies readonly OwnKind[];
export type PartKind = (typeof partKinds)[number];

/** Another resource in which something is written. */
export interface Place {
  readonly origin: Origin;
  /** Namespaces of the resources that lead there. */
  readonly users: readonly string[];
}

/** Why no version of a resource can be used. */
export interface PartFault {
  readonly text: string;
  /** It would lead to itself. */
  readonly isCycle: boolean;
}

/** The version to use; or why there is none, undefined when there is no such resource. */
export type FoundPart<K extends PartKind> =
  | { readonly resource: Resource<K> }
  | { readonly resource?: undefined; readonly fault: PartFault | undefined };

/** Key of the use of one resource by another. */
export function partUseKey(part: ResourceRef, user: ResourceRef): string {
  return `${refKey(part)}\n${refKey(user)}`;
}

/** A reference with its namespace filled in. */
export function partRef<K extends PartKind>(
  kind: K,
  { name, namespace }: Ref,
  own: string,
): ResourceRef & { readonly kind: K } {
  return { kind, namespace: namespace === undefined || namespace === '' ? own : namespace, name };
}

/** Looks a part up for whoever is compiled. */
export function findPart<K extends PartKind>(
  ref: ResourceRef & { readonly kind: K },
  { context, user }: HostScope,
): FoundPart<K> {
  const key = refKey(ref);
  noteUse(context, ref, user);
  const resource = context.parts.get(key);
  if (resource?.kind === ref.kind) return { resource: resource as Resource<K> };
  const fault = context.partFaults.get(key);
  return { fault: fault === undefined ? undefined : (JSON.parse(fault) as PartFault) };
}

function noteUse({ partUses }: CompileContext, ref: ResourceRef, user: ResourceRef): void {
  const key = partUseKey(ref, user);
  if (!partUses.get(key)) partUses.set(key, { ref, findings: [] });
}

/** Where what is written in a part has its references and its findings. */
export function scopeAt<S extends HostScope>(scope: S, place: Place | undefined): S {
  if (!place) return scope;
  const { origin, users } = place;
  const { namespace, name } = origin.ref;
  return {
    ...scope,
    namespace,
    name,
    users,
    origin,
    findings: findingsAt(scope.findings, origin),
  };
}
