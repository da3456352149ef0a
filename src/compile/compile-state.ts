import type { EndpointSliceBody, Resource, ResourceSet, ServiceBody } from '../api/resource.ts';
import type { Labels } from '../ir/balancer.ts';
import type { Cluster } from '../ir/cluster.ts';
import type { KeyImport } from '../ir/key-import.ts';
import type { KeySet } from '../ir/jwt.ts';
import type { VirtualHost } from '../ir/table.ts';
import type { Backend } from './backends.ts';
import { beginCompile, createCompileMemory, type CompileMemory } from './compile-memory.ts';
import type { CompileOptions, CompileTools } from './compile.ts';
import { defaultSettings, type CompiledSettings } from './compiled-settings.ts';
import type { CompileContext, PartUse, ServedCertificate, Verdict } from './context.ts';
import { lastGoodOf } from './last-good.ts';
import { buffersFor, listenersFor, type ListenerPlan } from './listener-plan.ts';
import { createTableSelections } from './table-selections.ts';
import { serviceTarget, type ServicePort } from './service-target.ts';
import { WantedReferences } from './wanted-references.ts';

/** What the passes work with: the whole; it lives for one compile. */
export interface CompileState extends CompileContext {
  readonly resources: ResourceSet;
  readonly memory: CompileMemory;
  settings: CompiledSettings;
  readonly services: Map<string, ServiceBody>;
  /** By the `resourceKey` of their Service. */
  readonly endpointSlices: Map<string, EndpointSliceBody[]>;
  readonly podLabels: Map<string, Labels>;
  readonly listeners: ListenerPlan[];
  readonly virtualHosts: Map<string, VirtualHost>;
  /** Of Upstreams. */
  readonly clusters: Map<string, Cluster>;
  readonly secretBodies: Map<string, Resource<'Secret'>>;
  readonly keyImports: Map<string, KeyImport>;
  readonly backends: Map<string, Backend>;
  readonly backendFaults: Map<string, string>;
  readonly domainOwners: Map<string, string>;
  readonly keySets: Map<string, KeySet>;
  readonly secrets: Map<string, string>;
  readonly namedServices: Map<string, ServicePort>;
  readonly wanted: WantedReferences;
  readonly verdicts: Map<string, Verdict>;
  readonly accepted: Map<string, Resource>;
  readonly certificates: Map<string, ServedCertificate>;
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
  const { lastGood, lastCertificates = new Map() } = options;
  const memory = options.memory ?? createCompileMemory();
  beginCompile(memory, tools, options);
  const wanted = new WantedReferences();
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
    withheld: { get: (key) => resources.withheld.has(key) || undefined },
    keyImports: new Map(),
    backends: new Map(),
    backendFaults: new Map(),
    serviceTargets: { get: (service) => serviceTarget(service, state) },
    serviceFaults: { get: (service) => serviceTarget(service, state).fault },
    listenersFor: { get: (resource) => listenersFor(resource, state.listeners) },
    buffersFor: { get: (resource) => buffersFor(resource, state.listeners) },
    domainOwners: new Map(),
    lastGood: { get: (entry) => lastGoodOf(entry, lastGood) },
    lastCertificates,
    tableSelections: createTableSelections(resources, lastGood),
    fullNamespaces: { get: (namespace) => wanted.isFull(namespace) },
    wantedBefore: { get: (key) => wanted.has(key) },
    ...emptyMaps(),
    wanted,
    references: new Map(),
  };
  return state;
}

function emptyMaps() {
  return {
    clusters: new Map<string, Cluster>(),
    keySets: new Map<string, KeySet>(),
    podLabels: new Map<string, Labels>(),
    secrets: new Map<string, string>(),
    namedServices: new Map<string, ServicePort>(),
    verdicts: new Map<string, Verdict>(),
    accepted: new Map<string, Resource>(),
    certificates: new Map<string, ServedCertificate>(),
    partNames: new Map<string, string>(),
    parts: new Map<string, Resource>(),
    partFaults: new Map<string, string>(),
    partDrafts: new Map<string, Resource>(),
    partUses: new Map<string, PartUse>(),
  };
}
