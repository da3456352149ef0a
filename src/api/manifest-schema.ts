import type { TSchema } from 'typebox';
import { Type } from '../base/json-type.ts';
import { core } from './core.ts';
import { coreKinds, kinds, type Kind } from './kinds.ts';
import { createSchemaCheck, type SchemaCheck } from './schema-check.ts';
import { schemaNode, type SchemaNode } from './schema-node.ts';
import { map, opt, str } from './schema.ts';

/** The schema of whole manifests of a kind, and its check. */
export interface ManifestSchema {
  readonly root: SchemaNode;
  readonly check: SchemaCheck;
}

const schemas = new Map<Kind, ManifestSchema>();

/** The schema of a kind; compiled when it is first asked for, as most runs see few kinds. */
export function manifestSchema(kind: Kind): ManifestSchema {
  const known = schemas.get(kind);
  if (known) return known;
  const root = rootSchema(kind);
  const made = { root, check: createSchemaCheck(root) };
  schemas.set(kind, made);
  return made;
}

function rootSchema(kind: Kind): SchemaNode {
  const description = `A ${kind}.`;
  const own = kinds.find((definition) => definition.kind === kind);
  const members = own ? { spec: own.schema, status: anything } : coreMembers(kind);
  const properties = { apiVersion: anything, kind: anything, metadata, ...members };
  return schemaNode(Type.Object(properties, { description, additionalProperties: !own }));
}

function coreMembers(kind: Kind): Readonly<Record<string, TSchema>> {
  const known = coreKinds.find((entry) => entry.kind === kind);
  return known ? core[known.kind] : {};
}

const anything = opt(Type.Unsafe<unknown>({}));
/** Kubernetes limits the bytes of annotations, not their number. */
const maxEntries = 4096;
const metadata = Type.Object(
  {
    name: str('Name of the resource.', {
      maxLength: 253,
      pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$',
    }),
    namespace: opt(
      str('Its namespace.', { maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    ),
    labels: opt(map('Labels.', str('Value of a label.', { maxLength: 63 }), maxEntries)),
    annotations: opt(map('Annotations.', str('Value of an annotation.'), maxEntries)),
  },
  { description: 'Name, namespace, labels and annotations.', additionalProperties: true },
);
