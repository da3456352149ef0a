import type { ResourceRef } from '../ir/outcome.ts';
import { nearestName } from './field-hint.ts';
import { coreKinds, kinds, type Kind } from './kinds.ts';
import { explainProblem, type Problem } from './problem.ts';

/** A kind that manifests may have. */
export interface ManifestKind {
  readonly kind: Kind;
  readonly group: string;
  readonly version: string;
}

const known: readonly ManifestKind[] = [...kinds, ...coreKinds];
const ownNames = kinds.map(({ kind }) => kind).join(', ');

/** `group/version` as manifests of a kind write it. */
export function apiVersionOf({ group, version }: ManifestKind): string {
  return group === '' ? version : `${group}/${version}`;
}

/**
 * The kind that a manifest claims to be. Ours may come with a wrong or no version (which is a problem of its own);
 * a kind of the same name in somebody else's group, such as Istio's VirtualService, is not ours.
 */
export function manifestKind(apiVersion: string, kind: string): ManifestKind | undefined {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const named = known.filter((candidate) => candidate.kind === kind);
  const ofGroup = named.find((candidate) => candidate.group === group);
  return ofGroup ?? (isOurs(apiVersion) ? named[0] : undefined);
}

/** Whether a kind is one of those whose CRDs are ours. */
export function isOwnKind(kind: Kind): boolean {
  return kinds.some((own) => own.kind === kind);
}

/** A warning for kinds of others, which may well lie in the same folder; an error where ours was meant. */
export function unknownKind(ref: ResourceRef, apiVersion: string): Problem {
  if (ref.kind === '') {
    const message = explainProblem('no text', ownNames);
    return { ref, reason: 'MissingField', severity: 'error', path: 'kind', message };
  }
  const found = `${ref.kind} of ${apiVersion === '' ? 'no apiVersion' : apiVersion}`;
  const about = { ref, reason: 'UnknownKind', path: 'kind' } as const;
  if (!isOurs(apiVersion)) {
    return { ...about, severity: 'warning', message: `${found} is not read here` };
  }
  const names = known.map((candidate) => candidate.kind);
  const near = nearestName(ref.kind, names);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  return { ...about, severity: 'error', message: explainProblem(found + hint, ownNames) };
}

function isOurs(apiVersion: string): boolean {
  return apiVersion === '' || /(^|\.)solo\.io(\/|$)/.test(apiVersion);
}
