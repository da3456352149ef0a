import type { Segments } from './manifest-path.ts';
import type { keywords, ObjectRules } from './schema.ts';

/** The parts of a JSON Schema that our builders make, for code that walks over schemas. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly [keywords.rules]?: ObjectRules;
  readonly [keywords.enum]?: readonly string[];
  readonly [keywords.scalar]?: boolean;
  readonly [keywords.unsupported]?: boolean;
}

/** What a builder made, for reading. */
export function schemaNode(schema: object): SchemaNode {
  return schema;
}

/** The schema of one member of an object or item of a list; undefined when it has none. */
export function childSchema(node: SchemaNode, segment: string | number): SchemaNode | undefined {
  if (typeof segment === 'number') return node.items;
  const { properties, additionalProperties } = node;
  if (properties && Object.hasOwn(properties, segment)) return properties[segment];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The schemas from the root down to a path, the root first; shorter where the path leaves the schema. */
export function schemasAlong(root: SchemaNode, segments: Segments): readonly SchemaNode[] {
  const nodes = [root];
  let node: SchemaNode | undefined = root;
  for (const segment of segments) {
    node = childSchema(node, segment);
    if (!node) break;
    nodes.push(node);
  }
  return nodes;
}
