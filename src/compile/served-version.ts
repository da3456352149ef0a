import type { OwnKind } from '../api/kinds.ts';
import { refKey, type Entry, type Resource } from '../api/resource.ts';
import { messageOf } from '../base/errors.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { candidates, shapeFindings, type CompileContext } from './context.ts';
import { createFindings, onUser, type Findings, type Noted } from './findings.ts';
import { partUseKey } from './parts.ts';

/** The version of a resource that is used, and what was made of it. */
export interface ServedVersion<K extends OwnKind, T> {
  readonly resource: Resource<K>;
  readonly compiled: T;
}

/**
 * Compiles the newest version of a resource and, where that has errors, the last one that was accepted; leaves the verdict
 * on the newest. Whatever a resource makes the compiler throw is that resource's fault alone.
 */
export function serveVersion<K extends OwnKind, T>(
  context: CompileContext,
  entry: Entry<K>,
  compileOne: (resource: Resource<K>, findings: Findings, lastGood: boolean) => T,
): ServedVersion<K, T> | undefined {
  const key = refKey(entry.ref);
  const own = createFindings();
  let served: (ServedVersion<K, T> & { readonly lastGood: boolean }) | undefined;
  for (const { resource, lastGood } of candidates(context, entry)) {
    // The last good version has what it had, however much the newest names.
    context.references.clear();
    const findings = lastGood ? createFindings() : own;
    const compiled = guarded(() => compileOne(resource, findings, lastGood), findings);
    if (!compiled || findings.hasErrors()) continue;
    served = { resource, compiled: compiled.value, lastGood };
    break;
  }
  notePartFindings(context, entry.ref, own.list);
  context.verdicts.set(key, {
    findings: [...shapeFindings(entry), ...own.list.map(onUser)],
    keySets: [],
    servingLastGood: served?.lastGood ?? false,
  });
  // What was good once is kept even while something it refers to is away: it may come back.
  const accepted = served?.resource ?? context.lastGood.get(entry);
  if (accepted) context.accepted.set(key, accepted as Resource);
  return served;
}

/** They are in two places: on the resource that uses the part, and on the part. */
function notePartFindings(context: CompileContext, user: ResourceRef, list: readonly Noted[]) {
  for (const finding of list) {
    if (!finding.at) continue;
    const { ref } = finding.at;
    const key = partUseKey(ref, user);
    const known = context.partUses.get(key)?.findings ?? [];
    context.partUses.set(key, { ref, findings: [...known, finding] });
  }
}

function guarded<T>(task: () => T, findings: Findings): { readonly value: T } | undefined {
  try {
    return { value: task() };
  } catch (thrown) {
    findings.error({
      reason: 'InternalError',
      path: '',
      what: `a fault of seekgate itself, please report it: ${messageOf(thrown)}`,
    });
    return undefined;
  }
}
