import {
  refKey,
  type EndpointSliceBody,
  type Entry,
  type Resource,
  type ResourceSet,
  type SecretBody,
  type ServiceBody,
} from '../api/resource.ts';
import type { OwnKind } from '../api/kinds.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { KeyImport } from '../ir/key-import.ts';
import type { KeySet } from '../ir/jwt.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { VirtualHost } from '../ir/table.ts';
import type { CompileOptions, CompileTools } from './compile.ts';
import type { Noted } from './findings.ts';
import type { ListenerPlan } from './listeners.ts';
import { defaultSettings, type CompiledSettings } from './compiled-settings.ts';

/** What became of one resource; turned into an outcome at the end. */
export interface Verdict {
  readonly findings: readonly Noted[];
  /** Ids of remote key sets the resource needs. */
  readonly keySets: readonly string[];
  readonly servingLastGood: boolean;
}

/** A cluster as compiled from an Upstream or a Service, with what referring resources have to know of it. */
export interface CompiledCluster {
  readonly cluster: Cluster;
  /** It sends a key of its owner: only permitted namespaces may route to it. */
  readonly holdsCredential: boolean;
}

/** Everything the passes share; it lives for one compile. */
export interface CompileContext {
  readonly resources: ResourceSet;
  readonly tools: CompileTools;
  readonly options: CompileOptions;
  settings: CompiledSettings;
  /** Kubernetes' own kinds by `resourceKey`; slices by that of their Service. */
  readonly secretBodies: Map<string, SecretBody>;
  readonly services: Map<string, ServiceBody>;
  readonly endpointSlices: Map<string, EndpointSliceBody[]>;
  readonly keyImports: Map<string, KeyImport>;
  readonly compiledClusters: Map<string, CompiledCluster>;
  readonly clusters: Map<string, Cluster>;
  readonly keySets: Map<string, KeySet>;
  readonly secrets: Map<string, string>;
  readonly virtualHosts: Map<string, VirtualHost>;
  readonly listeners: ListenerPlan[];
  readonly verdicts: Map<string, Verdict>;
  readonly accepted: Map<string, Resource>;
  /** Secrets and Services that were looked up, by `refKey`. */
  readonly wanted: Map<string, ResourceRef>;
}

/** An empty context for one compile. */
export function createContext(
  resources: ResourceSet,
  tools: CompileTools,
  options: CompileOptions,
): CompileContext {
  return {
    resources,
    tools,
    options,
    settings: defaultSettings,
    secretBodies: new Map(),
    services: new Map(),
    endpointSlices: new Map(),
    keyImports: new Map(),
    compiledClusters: new Map(),
    clusters: new Map(),
    keySets: new Map(),
    secrets: new Map(),
    virtualHosts: new Map(),
    listeners: [],
    verdicts: new Map(),
    accepted: new Map(),
    wanted: new Map(),
  };
}

/** The version a source delivered, then the last good one: the first that compiles without errors is used. */
export function candidates<K extends OwnKind>(
  context: CompileContext,
  entry: Entry<K>,
): readonly { readonly resource: Resource<K>; readonly lastGood: boolean }[] {
  const found: { resource: Resource<K>; lastGood: boolean }[] = [];
  if (entry.resource) found.push({ resource: entry.resource, lastGood: false });
  const last = lastGoodOf(entry, context.options.lastGood);
  if (last && last !== entry.resource)
    found.push({ resource: last as Resource<K>, lastGood: true });
  return found;
}

/** The last good version; one of a resource that was deleted and made anew under the same name does not count. */
export function lastGoodOf(
  entry: Entry,
  lastGood: ReadonlyMap<string, Resource>,
): Resource | undefined {
  const last = lastGood.get(refKey(entry.ref));
  const uid = entry.uid ?? entry.resource?.metadata.uid;
  return last?.metadata.uid === uid ? last : undefined;
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
