import type { Segments } from './manifest-path.ts';
import { childSchema, type SchemaNode } from './schema-node.ts';
import { keywords } from './schema.ts';

/** A field that is set, known, and not enforced yet. */
export interface UnsupportedField {
  readonly segments: Segments;
  readonly description: string;
}

/** Every field of a valid document that is marked as not enforced; what lies below such a field is not listed again. */
export function unsupportedFields(root: SchemaNode, document: unknown): UnsupportedField[] {
  const found: UnsupportedField[] = [];
  const visit = (node: SchemaNode, value: unknown, segments: Segments) => {
    if (node[keywords.unsupported]) {
      found.push({ segments, description: node.description ?? '' });
      return;
    }
    for (const [segment, member] of members(value)) {
      const child = childSchema(node, segment);
      if (child) visit(child, member, [...segments, segment]);
    }
  };
  visit(root, document, []);
  return found;
}

function members(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  return value !== null && typeof value === 'object' ? Object.entries(value) : [];
}
