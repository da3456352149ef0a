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
  const path: (string | number)[] = [];
  const visit = (node: SchemaNode, value: unknown): void => {
    if (node[keywords.unsupported]) {
      found.push({ segments: [...path], description: node.description ?? '' });
      return;
    }
    const enter = (segment: string | number, member: unknown): void => {
      const child = childSchema(node, segment);
      if (!child) return;
      path.push(segment);
      visit(child, member);
      path.pop();
    };
    if (Array.isArray(value)) for (const [index, item] of value.entries()) enter(index, item);
    else if (value !== null && typeof value === 'object') {
      for (const [name, member] of Object.entries(value)) enter(name, member);
    }
  };
  visit(root, document);
  return found;
}
