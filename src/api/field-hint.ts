import { distance } from 'fastest-levenshtein';
import { manifestPath, type Segments } from './manifest-path.ts';
import { schemasAlong, type SchemaNode } from './schema-node.ts';

const maxNamesListed = 12;

/** What somebody who wrote an unknown field at `parent` may have meant; always ends in something acceptable. */
export function fieldHint(root: SchemaNode, parent: Segments, name: string): string {
  const nodes = schemasAlong(root, parent);
  const here = nodes.at(-1)?.properties ?? {};
  const near = nearestName(name, Object.keys(here));
  if (near !== undefined && folded(near) === folded(name)) return `did you mean ${near}`;
  return (
    below(here, parent, name) ??
    above(nodes, parent, name) ??
    (near === undefined ? known(Object.keys(here)) : `did you mean ${near}`)
  );
}

/** The candidate that a misspelt name most likely stands for; undefined when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = folded(name.slice(0, 80));
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, folded(candidate)) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best &&
    best.edits < wanted.length &&
    best.edits <= Math.max(2, Math.floor(wanted.length / 3))
    ? best.candidate
    : undefined;
}

/** A field of the same name one level down: it was indented too little. */
function below(here: Readonly<Record<string, SchemaNode>>, parent: Segments, name: string) {
  for (const [member, node] of Object.entries(here)) {
    const [properties, inList] = node.items ? [node.items.properties, '[]'] : [node.properties, ''];
    if (properties && Object.hasOwn(properties, name)) {
      return `it belongs under ${manifestPath([...parent, member])}${inList}`;
    }
  }
  return undefined;
}

/** A field of the same name further up: it was indented too much. */
function above(nodes: readonly SchemaNode[], parent: Segments, name: string) {
  for (let depth = nodes.length - 2; depth > 0; depth -= 1) {
    const properties = nodes[depth]?.properties;
    if (properties && Object.hasOwn(properties, name)) {
      return `it belongs under ${manifestPath(parent.slice(0, depth))}`;
    }
  }
  return undefined;
}

function known(names: readonly string[]): string {
  if (names.length === 0) return 'accepted no fields';
  const more = names.length > maxNamesListed ? ', …' : '';
  return `accepted ${names.slice(0, maxNamesListed).join(', ')}${more}`;
}

/** `remote_jwks`, `RemoteJWKS` and `remoteJwks` are one name to a person. */
function folded(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
