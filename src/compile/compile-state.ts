import type {
  EndpointSliceBody,
  Entry,
  Resource,
  ResourceSet,
  SecretBody,
  ServiceBody,
} from '../api/resource.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { KeyImport } from '../ir/key-import.ts';
import type { KeySet } from '../ir/jwt.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import type { VirtualHost } from '../ir/table.ts';
import type { Backend } from './backends.ts';
import { beginCompile, createCompileMemory, type CompileMemory } from './compile-memory.ts';
import type { CompileOptions, CompileTools } from './compile.ts';
import { defaultSettings, type CompiledSettings } from './compiled-settings.ts';
import type { CompileContext, PartUse, Verdict } from './context.ts';
import { lastGoodOf } from './last-good.ts';
import { listenersFor, type ListenerPlan } from './listener-plan.ts';
import { createTableSelections } from './table-selections.ts';
import { serviceTarget, type ServicePort } from './service-target.ts';

/** What the passes work with: the whole; it lives for one compile. */
export interface CompileState extends CompileContext {
  readonly resources: ResourceSet;
  readonly memory: CompileMemory;
  settings: CompiledSettings;
  readonly services: Map<string, ServiceBody>;
  /** By the `resourceKey` of their Service. */
  readonly endpointSlices: Map<string, EndpointSliceBody[]>;
  readonly listeners: ListenerPlan[];
  readonly virtualHosts: Map<string, VirtualHost>;
  /** Of Upstreams. */
  readonly clusters: Map<string, Cluster>;
  readonly secretBodies: Map<string, SecretBody>;
  readonly keyImports: Map<string, KeyImport>;
  readonly backends: Map<string, Backend>;
  readonly domainOwners: Map<string, string>;
  readonly keySets: Map<string, KeySet>;
  readonly secrets: Map<string, string>;
  readonly namedServices: Map<string, ServicePort>;
  readonly wanted: Map<string, ResourceRef>;
  readonly verdicts: Map<string, Verdict>;
  readonly accepted: Map<string, Resource>;
  readonly partNames: Map<string, string>;
  readonly parts: Map<string, Resource>;
  readonly partFaults: Map<string, string>;
  readonly partDrafts: Map<string, Resource>;
  readonly partUses: Map<string, PartUse>;
}

/** An empty state for one compile. */
export function createCompileState(
  resources: ResourceSet,
  tools: CompileTools,
  options: CompileOptions,
): CompileState {
  const { lastGood } = options;
  const memory = options.memory ?? createCompileMemory();
  beginCompile(memory, tools, options);
  const state: CompileState = {
    resources,
    tools,
    options,
    memory,
    settings: defaultSettings,
    services: new Map(),
    endpointSlices: new Map(),
    listeners: [],
    virtualHosts: new Map(),
    secretBodies: new Map(),
    keyImports: new Map(),
    backends: new Map(),
    serviceTargets: { get: (service) => serviceTarget(service, state) },
    serviceFaults: { get: (service) => serviceTarget(service, state).fault },
    listenersFor: { get: (resource) => listenersFor(resource, state.listeners) },
    domainOwners: new Map(),
    olderVersions: { get: (entry) => olderVersion(entry, lastGood) },
    lastGood: { get: (entry) => lastGoodOf(entry, lastGood) },
    clusters: new Map(),
    keySets: new Map(),
    secrets: new Map(),
    namedServices: new Map(),
    wanted: new Map(),
    verdicts: new Map(),
    accepted: new Map(),
    ...noParts(),
    tableSelections: createTableSelections(resources, lastGood),
  };
  return state;
}

function noParts() {
  const parts = { partNames: new Map(), parts: new Map(), partFaults: new Map() };
  return { ...parts, partDrafts: new Map(), partUses: new Map() } satisfies Partial<CompileState>;
}

function olderVersion(entry: Entry, lastGood: ReadonlyMap<string, Resource>): Resource | undefined {
  const last = lastGoodOf(entry, lastGood);
  return last === entry.resource ? undefined : last;
}
