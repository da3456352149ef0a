/** Names of members and indices of items, from the root of a manifest down. */
export type Segments = readonly (string | number)[];

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const maxNameLength = 80;

/** `spec.routes[0].options["a.b"]` for what people write; an empty path is the manifest itself. */
export function manifestPath(segments: Segments): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (plainName.test(segment)) text += text === '' ? cut(segment) : `.${cut(segment)}`;
    else text += `[${JSON.stringify(cut(segment))}]`;
  }
  return text === '' ? 'manifest' : text;
}

/** Segments of a JSON pointer into `root`; a number where the parent is a list. */
export function pointerSegments(pointer: string, root: unknown): Segments {
  const segments: (string | number)[] = [];
  let parent = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const segment = Array.isArray(parent) ? Number(name) : name;
    segments.push(segment);
    parent = memberOf(parent, segment);
  }
  return segments;
}

function memberOf(parent: unknown, segment: string | number): unknown {
  if (parent === null || typeof parent !== 'object' || !Object.hasOwn(parent, segment)) {
    return undefined;
  }
  return Reflect.get(parent, segment);
}

function cut(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name;
}
