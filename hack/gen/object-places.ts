import { kinds } from '../../src/api/kinds.ts';
import { schemaNode, type SchemaNode } from '../../src/api/schema-node.ts';

/** An object of the API and where it is used; the same object at several places is described once. */
export interface ObjectPlaces {
  readonly node: SchemaNode;
  /** `VirtualService spec.virtualHost.routes[]`, …; the first one names it. */
  readonly places: readonly string[];
}

/** Every object with named fields, in the order in which a reader meets it. */
export function objectPlaces(): ReadonlyMap<string, ObjectPlaces> {
  const found = new Map<string, { node: SchemaNode; places: string[] }>();
  const visit = (node: SchemaNode, place: string) => {
    if (node.properties) {
      const known = found.get(contentOf(node));
      if (known) known.places.push(place);
      else found.set(contentOf(node), { node, places: [place] });
    }
    for (const [step, child] of childrenOf(node)) visit(child, place + step);
  };
  for (const { kind, schema } of kinds) visit(schemaNode(schema), `${kind} spec`);
  return found;
}

/** Two nodes of the same content are the same object. */
export function contentOf(node: SchemaNode): string {
  return JSON.stringify(node);
}

function childrenOf(node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const { properties = {}, items, additionalProperties } = node;
  const fields = Object.entries(properties).map(([name, child]) => [`.${name}`, child] as const);
  const item = items ? [['[]', items] as const] : [];
  const value =
    typeof additionalProperties === 'object' ? [['.*', additionalProperties] as const] : [];
  return [...fields, ...item, ...value];
}
