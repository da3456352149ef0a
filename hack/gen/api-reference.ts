import { apiVersionOf } from '../../src/api/manifest-kind.ts';
import { kinds } from '../../src/api/kinds.ts';
import { durationPattern } from '../../src/base/duration.ts';
import type { SchemaNode } from '../../src/api/schema-node.ts';
import { keywords } from '../../src/api/schema.ts';
import { markdownNotice, type Generator } from './generator.ts';
import { contentOf, objectPlaces, type ObjectPlaces } from './object-places.ts';

export const apiReference: Generator = {
  title: 'API reference',
  files: () => new Map([['docs/reference/api.md', page()]]),
};

function page(): string {
  const objects = objectPlaces();
  const sections = [...objects.values()].map((object) => section(object, objects));
  return `${markdownNotice}
# API reference

Every field of every kind. Fields marked ⚠ are known from Gloo and not enforced yet: setting one gives a
warning with its path. Fields that are not listed here are refused.

${kindTable()}
${sections.join('\n')}`;
}

function kindTable(): string {
  const rows = kinds.map((kind) => {
    const link = `[${kind.kind}](#${anchor(`${kind.kind} spec`)})`;
    return `| ${link} | ${apiVersionOf(kind)} | ${kind.shortNames.join(', ')} |`;
  });
  return ['| kind | apiVersion | short names |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function section(object: ObjectPlaces, objects: ReadonlyMap<string, ObjectPlaces>): string {
  const { node, places } = object;
  const rows = Object.entries(node.properties ?? {}).map(([name, field]) => {
    const required = node.required?.includes(name) ? ' **required**' : '';
    const mark = field[keywords.unsupported] ? '⚠ ' : '';
    const text = `${mark}${escaped(field.description ?? '')}`;
    return `| \`${name}\`${required} | ${typeOf(field, objects)} | ${text} |`;
  });
  const also = places.slice(1, 4).map((place) => `\`${place}\``);
  const more = places.length > 4 ? `, and ${places.length - 4} more` : '';
  const table = ['| field | type | meaning |', '| --- | --- | --- |', ...rows];
  return [
    `## ${places[0]}\n`,
    `${node.description ?? ''}${rulesOf(node)}\n`,
    ...(also.length > 0 ? [`Also at ${also.join(', ')}${more}.\n`] : []),
    ...(rows.length > 0 ? [...table, ''] : []),
  ].join('\n');
}

function rulesOf(node: SchemaNode): string {
  const rules = (node[keywords.rules]?.oneOf ?? []).map(({ fields, required }) => {
    return ` ${required ? 'Exactly' : 'At most'} one of ${fields.join(', ')}.`;
  });
  return rules.join('');
}

function typeOf(field: SchemaNode, objects: ReadonlyMap<string, ObjectPlaces>): string {
  const names = field[keywords.enum];
  if (names) return names.map((name) => `\`${name}\``).join(', ');
  if (field[keywords.scalar]) return 'text or boolean';
  if (field.items) return `list of ${typeOf(field.items, objects)}`;
  const { additionalProperties: values, type } = field;
  if (typeof values === 'object') return `map of ${typeOf(values, objects)}`;
  if (field.properties) {
    const place = objects.get(contentOf(field))?.places[0] ?? '';
    return `[object](#${anchor(place)})`;
  }
  if (type === 'string') return field.pattern === durationPattern ? 'duration' : 'text';
  return type === undefined ? 'any' : `${String(type)}${rangeOf(field)}`;
}

function rangeOf({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined || maximum === undefined) return '';
  const unbounded = minimum === 0 && maximum >= 2 ** 32 - 1;
  return unbounded ? '' : ` ${minimum}–${maximum}`;
}

function escaped(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ');
}

/** As Markdown renderers make anchors of headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
