import { refKey, type Entry, type Resource } from '../api/resource.ts';
import type { OwnKind } from '../api/kinds.ts';
import type { Labels } from '../ir/balancer.ts';
import type { KeyImport } from '../ir/key-import.ts';
import type { KeySet } from '../ir/jwt.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { Backend } from './backends.ts';
import type { CompileOptions, CompileTools } from './compile.ts';
import type { Noted } from './findings.ts';
import type { CompiledSettings } from './compiled-settings.ts';
import type { ServicePort, ServiceTarget } from './service-target.ts';
import {
  mostOfNamespace,
  mostOfResource,
  wantedKey,
  type WantedReference,
} from './wanted-references.ts';

/** What became of one resource; turned into an outcome at the end. */
export interface Verdict {
  readonly findings: readonly Noted[];
  /** Ids of remote key sets the resource needs. */
  readonly keySets: readonly string[];
  readonly servingLastGood: boolean;
  /** The version that serves does so with a certificate that its Secret holds no longer. */
  readonly withLastCertificate?: boolean;
}

/** The certificate that a VirtualService serves with. */
export interface ServedCertificate {
  /** `metadata.uid` of the VirtualService. */
  readonly uid: string | undefined;
  readonly secret: Resource<'Secret'>;
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
  readonly secretBodies: Lookup<string, Resource<'Secret'>>;
  /** By `refKey`: see `ResourceSet.withheld`. */
  readonly withheld: Lookup<string, true>;
  /** By text. */
  readonly keyImports: Lookup<string, KeyImport>;
  /** Of Upstreams, by the name of the cluster. */
  readonly backends: Lookup<string, Backend>;
  /** Why requests to an Upstream get 503, by the name of the cluster. */
  readonly backendFaults: Lookup<string, string>;
  readonly serviceTargets: Lookup<ServicePort, ServiceTarget>;
  /** Of pods, by `resourceKey`. */
  readonly podLabels: Lookup<string, Labels>;
  /** What a route to a Service has to hear of it, as JSON. */
  readonly serviceFaults: Lookup<ServicePort, string>;
  /** Names of the listeners that serve a VirtualService, one a line. */
  readonly listenersFor: Lookup<Resource<'VirtualService'>, string>;
  /** Whether one of those reads bodies first. */
  readonly buffersFor: Lookup<Resource<'VirtualService'>, true>;
  /** The virtual hosts that have a domain, by `domainKey`. */
  readonly domainOwners: Lookup<string, string>;
  /** The last good version, whichever that is. */
  readonly lastGood: Lookup<Entry, Resource>;
  /** What VirtualServices served with after the former compile, by `refKey`. */
  readonly lastCertificates: Lookup<string, ServedCertificate>;
  /** Namespaces that may name no further Secrets and Services. */
  readonly fullNamespaces: Lookup<string, true>;
  /** Whether an older resource of the same namespace named it, by `wantedKey`. */
  readonly wantedBefore: Lookup<string, true>;
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
  /** Secrets and Services that were looked up, by `wantedKey`. */
  readonly wanted: Ledger<WantedReference>;
  readonly verdicts: Ledger<Verdict>;
  readonly accepted: Ledger<Resource>;
  /** `lastCertificates` of the next compile. */
  readonly certificates: Ledger<ServedCertificate>;
  /** What the use of a part had to say of it, by `partUseKey`. */
  readonly partUses: Ledger<PartUse>;
}

/** What the compile of one resource works with. */
export interface CompileContext extends SharedState, Ledgers {
  readonly tools: CompileTools;
  readonly options: CompileOptions;
  readonly settings: CompiledSettings;
  /** What this version of the resource has looked up, by `wantedKey`: of each resource that it uses parts of apart, by `refKey`. */
  readonly references: Map<string, Set<string>>;
}

/**
 * The version a source delivered, then the last good one: the first that compiles without errors is used. The second is only
 * looked for when the first will not do. It may be the same, which then can still serve with the certificate that it had.
 */
export function* candidates<K extends OwnKind>(
  { lastGood, lastCertificates }: Pick<CompileContext, 'lastGood' | 'lastCertificates'>,
  entry: Entry<K>,
): Iterable<{ readonly resource: Resource<K>; readonly lastGood: boolean }> {
  if (entry.resource) yield { resource: entry.resource, lastGood: false };
  const last = lastGood.get(entry);
  if (!last) return;
  const isOther = last !== entry.resource || lastCertificates.get(refKey(entry.ref)) !== undefined;
  if (isOther) yield { resource: last as Resource<K>, lastGood: true };
}

/**
 * Notes that a Secret or a Service decides what becomes of a resource, whether or not it is there. Where it is one too many
 * it gives what would be accepted, and the reference must not be looked up: whoever may write a manifest could have the API
 * server watch for thousands. What is written in a part counts as named by the part: who is delegated to must not use up what
 * others may name.
 */
export function want(
  context: CompileContext,
  wanted: WantedReference,
  part?: ResourceRef,
): string | undefined {
  const references = referencesOf(context, part);
  const key = wantedKey(wanted);
  if (references.has(key)) return undefined;
  if (references.size >= mostOfResource) {
    return `at most ${mostOfResource} Secrets and Services in one resource`;
  }
  const isFull = context.fullNamespaces.get(wanted.namespace) === true;
  if (isFull && context.wantedBefore.get(key) === undefined) {
    return `at most ${mostOfNamespace} Secrets and Services in one namespace, the oldest resources first`;
  }
  references.add(key);
  context.wanted.set(key, wanted);
  return undefined;
}

function referencesOf({ references }: CompileContext, part: ResourceRef | undefined): Set<string> {
  const owner = part ? refKey(part) : '';
  const known = references.get(owner) ?? new Set();
  references.set(owner, known);
  return known;
}

/** Problems of the shape, which the validator found, in the form of findings. */
export function shapeFindings(entry: Entry): readonly Noted[] {
  return entry.problems.map(({ ref: _ref, ...finding }) => finding);
}
