import { keywords } from '../../src/api/schema.ts';
import { markdownNotice, type Generator } from './generator.ts';
import { objectPlaces, type ObjectPlaces } from './object-places.ts';

export const supportPage: Generator = {
  title: 'Fields that are not enforced yet',
  files: () => new Map([['docs/reference/support.md', page()]]),
};

function page(): string {
  const sections = [...objectPlaces().values()]
    .filter(({ node }) => !node[keywords.unsupported])
    .flatMap((object) => section(object));
  return `${markdownNotice}
# Fields that are not enforced yet

Manifests of Gloo may carry these fields. They are accepted, and each one that is set gives a warning
\`Unsupported\` with its path, in the status of the resource and in \`seekgate check\`. Every other field of
the [API reference](api.md) is enforced.

${sections.join('\n')}`;
}

function section({ node, places }: ObjectPlaces): string[] {
  const rows = Object.entries(node.properties ?? {})
    .filter(([, field]) => field[keywords.unsupported])
    .map(([name, field]) => `| \`${name}\` | ${field.description ?? ''} |`);
  if (rows.length === 0) return [];
  const where = places.length > 1 ? `And at ${places.length - 1} other places.\n` : undefined;
  const table = ['| field | what it does in Gloo |', '| --- | --- |', ...rows, ''];
  return [`## ${places[0]}\n`, ...(where === undefined ? [] : [where]), ...table];
}
