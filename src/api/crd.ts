import type { ConditionType } from '../ir/outcome.ts';
import type { KindDefinition, OwnKind } from './kinds.ts';
import { schemaNode } from './schema-node.ts';
import { structuralSchema, type StructuralSchema } from './structural.ts';

/** A column of `kubectl get`. */
interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  readonly priority?: number;
}

/** A CustomResourceDefinition, ready to be written as YAML. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const accepted = conditionColumn('Accepted', 'Accepted', 'Whether the manifest is in order.');
const resolved = conditionColumn('Refs', 'ResolvedRefs', 'Whether what it refers to is there.');
const keys = conditionColumn('Keys', 'KeysReady', 'Whether the keys of its issuers are loaded.');
const programmed = conditionColumn(
  'Programmed',
  'Programmed',
  'Whether the gateway works by this version.',
);
const reason: Column = {
  name: 'Reason',
  type: 'string',
  // Of whatever is not as it should be; where all is well there is nothing to read.
  jsonPath: '.status.conditions[?(@.status=="False")].reason',
  description: 'What is wrong with it.',
};
/** Long, so that it stands at the end of `-o wide`. */
const message: Column = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.conditions[?(@.status=="False")].message',
  description: 'What exactly is wrong with it.',
  priority: 1,
};
const ending: readonly Column[] = [reason, age, message];

const columns: Readonly<Record<OwnKind, readonly Column[]>> = {
  VirtualService: [
    {
      name: 'Domains',
      type: 'string',
      // Wherever the form that was used has them: spec.virtualHost.domains or spec.domains.
      jsonPath: '.spec..domains',
      description: 'Hosts; empty: all.',
    },
    accepted,
    resolved,
    keys,
    programmed,
    ...ending,
  ],
  RouteTable: [
    { name: 'Weight', type: 'integer', jsonPath: '.spec.weight', priority: 1 },
    accepted,
    resolved,
    ...ending,
  ],
  Gateway: [
    { name: 'Address', type: 'string', jsonPath: '.spec.bindAddress', priority: 1 },
    { name: 'Port', type: 'integer', jsonPath: '.spec.bindPort' },
    { name: 'TLS', type: 'boolean', jsonPath: '.spec.ssl' },
    accepted,
    resolved,
    programmed,
    ...ending,
  ],
  RouteOption: [accepted, ...ending],
  VirtualHostOption: [accepted, ...ending],
  Upstream: [accepted, resolved, ...ending],
  UpstreamGroup: [accepted, resolved, ...ending],
  Settings: [accepted, ...ending],
};

/** The CustomResourceDefinition of one of our kinds. */
export function createCrd(
  definition: KindDefinition & { kind: OwnKind },
): CustomResourceDefinition {
  const { kind, group, version, plural, singular, shortNames } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        shortNames,
        categories: ['gloo-gateway'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns[kind],
          schema: { openAPIV3Schema: rootSchema(definition) },
        },
      ],
    },
  };
}

function rootSchema({ schema }: KindDefinition): StructuralSchema {
  const spec = structuralSchema(schemaNode(schema));
  const { description } = spec;
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      status: statusSchema,
    },
  };
}

const statusSchema: StructuralSchema = {
  type: 'object',
  description: 'Written by the controller.',
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'Generation of the resource that the status speaks of.',
    },
    conditions: {
      type: 'array',
      description: 'Accepted, ResolvedRefs, KeysReady, Programmed.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      maxItems: 16,
      items: {
        type: 'object',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: { type: 'string', maxLength: 316 },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          reason: { type: 'string', minLength: 1, maxLength: 1024 },
          message: { type: 'string', maxLength: 32_768 },
          lastTransitionTime: { type: 'string', format: 'date-time' },
          observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
        },
      },
    },
    statuses: {
      type: 'object',
      description: 'Status by namespace of the controller, in the form of Gloo.',
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
};

function conditionColumn(name: string, type: ConditionType, description: string): Column {
  const jsonPath = `.status.conditions[?(@.type=="${type}")].status`;
  return { name, type: 'string', jsonPath, description };
}
