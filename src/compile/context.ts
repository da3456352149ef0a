import { refKey, type Entry, type Resource, type SecretBody } from '../api/resource.ts';
import type { OwnKind } from '../api/kinds.ts';
import type { KeyImport } from '../ir/key-import.ts';
import type { KeySet } from '../ir/jwt.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { Backend } from './backends.ts';
import type { CompileOptions, CompileTools } from './compile.ts';
import type { Noted } from './findings.ts';
import type { CompiledSettings } from './compiled-settings.ts';
import type { ServicePort, ServiceTarget } from './service-target.ts';

/** What became of one resource; turned into an outcome at the end. */
export interface Verdict {
  readonly findings: readonly Noted[];
  /** Ids of remote key sets the resource needs. */
  readonly keySets: readonly string[];
  readonly servingLastGood: boolean;
}

/** Something that resources share, by its key. */
export interface Lookup<K, V> {
  readonly get: (key: K) => V | undefined;
}

/** Something that resources contribute to, by its key. */
export interface Ledger<V> extends Lookup<string, V> {
  readonly set: (key: string, value: V) => unknown;
}

/**
 * What the compile of one resource may read of what it shares with others. Each answer is compared with that of the former
 * compile, by identity: whatever is not a text has to stay the same object while it says the same.
 */
export interface SharedState {
  /** By `resourceKey`. */
  readonly secretBodies: Lookup<string, SecretBody>;
  /** By text. */
  readonly keyImports: Lookup<string, KeyImport>;
  /** Of Upstreams, by the name of the cluster. */
  readonly backends: Lookup<string, Backend>;
  readonly serviceTargets: Lookup<ServicePort, ServiceTarget>;
  /** What a route to a Service has to hear of it, as JSON. */
  readonly serviceFaults: Lookup<ServicePort, string>;
  /** Names of the listeners that serve a VirtualService, one a line. */
  readonly listenersFor: Lookup<Resource<'VirtualService'>, string>;
  /** The virtual host that has a domain, by `domainKey`. */
  readonly domainOwners: Lookup<string, string>;
  /** The last good version, where it is another than the newest. */
  readonly olderVersions: Lookup<Entry, Resource>;
  /** The last good version, whichever that is. */
  readonly lastGood: Lookup<Entry, Resource>;
  /** `known` for every resource that others use a part of, by `refKey`, in whatever state it is. */
  readonly partNames: Lookup<string, string>;
  /** The version of such a resource that is used, by `refKey`. */
  readonly parts: Lookup<string, Resource>;
  /** Why no version of one can be used, as JSON of a `PartFault`. */
  readonly partFaults: Lookup<string, string>;
  /** The newest version of one that cannot be used, where it can be read. */
  readonly partDrafts: Lookup<string, Resource>;
  /** `refKey` of the RouteTables that a selector takes, one a line; by JSON of a `TableSelector`. */
  readonly tableSelections: Lookup<string, string>;
}

/** A resource that another one uses a part of, and what was found in it on that occasion. */
export interface PartUse {
  readonly ref: ResourceRef;
  readonly findings: readonly Noted[];
}

/** What the compile of one resource leaves. */
export interface Ledgers {
  readonly keySets: Ledger<KeySet>;
  readonly secrets: Ledger<string>;
  /** Services that routes name, by the name of their cluster. */
  readonly namedServices: Ledger<ServicePort>;
  /** Secrets and Services that were looked up, by `refKey`. */
  readonly wanted: Ledger<ResourceRef>;
  readonly verdicts: Ledger<Verdict>;
  readonly accepted: Ledger<Resource>;
  /** What the use of a part had to say of it, by `partUseKey`. */
  readonly partUses: Ledger<PartUse>;
}

/** What the compile of one resource works with. */
export interface CompileContext extends SharedState, Ledgers {
  readonly tools: CompileTools;
  readonly options: CompileOptions;
  readonly settings: CompiledSettings;
}

/**
 * The version a source delivered, then the last good one: the first that compiles without errors is used. The second is only
 * looked for when the first will not do.
 */
export function* candidates<K extends OwnKind>(
  { olderVersions }: Pick<CompileContext, 'olderVersions'>,
  entry: Entry<K>,
): Iterable<{ readonly resource: Resource<K>; readonly lastGood: boolean }> {
  if (entry.resource) yield { resource: entry.resource, lastGood: false };
  const last = olderVersions.get(entry);
  if (last) yield { resource: last as Resource<K>, lastGood: true };
}

/** Notes that a Secret or a Service decides what becomes of a resource, whether or not it is there. */
export function want({ wanted }: CompileContext, ref: ResourceRef): void {
  wanted.set(refKey(ref), ref);
}

/** Problems of the shape, which the validator found, in the form of findings. */
export function shapeFindings(entry: Entry): readonly Noted[] {
  return entry.problems.map(({ severity, reason, path, message }) => ({
    severity,
    reason,
    path,
    message,
  }));
}
