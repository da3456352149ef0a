import { dump } from 'js-yaml';
import { createCrd } from '../../src/api/crd.ts';
import { kinds } from '../../src/api/kinds.ts';
import type { Generator } from './generator.ts';

export const crds: Generator = {
  title: 'CustomResourceDefinitions',
  owns: 'crds',
  files: () =>
    new Map(
      kinds.map((definition) => {
        const { group, plural } = definition;
        const text = dump(createCrd(definition), { noRefs: true, lineWidth: -1 });
        return [
          `crds/${group}_${plural}.yaml`,
          `# Written by npm run gen; edits are lost.\n${text}`,
        ];
      }),
    ),
};
