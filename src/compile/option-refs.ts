import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
import type { Ref } from '../api/schema.ts';
import { shown } from './findings.ts';
import type { OptionsLayer } from './merged-options.ts';
import { findPart, partRef, type Place } from './parts.ts';
import type { HostScope } from './providers.ts';

interface OptionKinds {
  RouteOption: RouteOptions;
  VirtualHostOption: VirtualHostOptions;
}

/** References to options, and who holds them. */
export interface OptionRefs<K extends keyof OptionKinds> {
  readonly kind: K;
  readonly refs: { readonly delegateOptions?: readonly Ref[] } | undefined;
  /** Path of the references in their resource. */
  readonly path: string;
  /** Path in the resource that is compiled. */
  readonly via: string;
  readonly table?: Place;
}

/** Options kept in other resources; `missing` says of the first that cannot be used why. */
export interface FoundOptions<T> {
  readonly layers: readonly OptionsLayer<T>[];
  readonly missing?: string;
}

/** Finds options that are kept in other resources, in the order of the references. */
export function findOptions<K extends keyof OptionKinds>(
  { kind, refs, path, via, table }: OptionRefs<K>,
  scope: HostScope,
): FoundOptions<OptionKinds[K]> {
  const layers: OptionsLayer<OptionKinds[K]>[] = [];
  let missing: string | undefined;
  for (const [index, written] of (refs?.delegateOptions ?? []).entries()) {
    const ref = partRef<keyof OptionKinds>(kind, written, scope.namespace);
    const at = `${path}.delegateOptions[${index}]`;
    const found = findPart(ref, scope);
    if (!found.resource) {
      const text = found.fault?.text;
      missing ??= `${at}: the ${kind} ${ref.namespace}.${ref.name} ${text === undefined ? 'is missing' : 'is rejected'} and may hold auth, so the route stays closed`;
      warnMissing(`${kind} ${shown(`${ref.namespace}.${ref.name}`)}`, { at, text }, scope);
      continue;
    }
    const users = [...(scope.users ?? []), scope.namespace];
    const place = { origin: { ref, via: table ? via : at }, users };
    const options = found.resource.spec.options ?? {};
    layers.push({
      value: options,
      path: 'spec.options',
      place,
      ...(table ? { table } : {}),
    });
  }
  return { layers, ...(missing === undefined ? {} : { missing }) };
}

function warnMissing(
  named: string,
  { at, text }: { readonly at: string; readonly text: string | undefined },
  { findings }: HostScope,
): void {
  findings.warn({
    reason: 'ReferenceNotFound',
    path: at,
    what: 'options may hold auth, so requests get 500 until they can be used',
    found: text === undefined ? `no ${named}` : `${named}, which is rejected: ${text}`,
    accepted: 'the name of one that is accepted',
  });
}
