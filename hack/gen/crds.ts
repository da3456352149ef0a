import { dump } from 'js-yaml';
import { createCrd, type CustomResourceDefinition } from '../../src/api/crd.ts';
import { kinds } from '../../src/api/kinds.ts';
import { createKeptVersionsCrd } from '../../src/kube/kept-versions-kind.ts';
import type { Generator } from './generator.ts';

export const crds: Generator = {
  title: 'CustomResourceDefinitions',
  owns: 'crds',
  files: () => new Map([...kinds.map(createCrd), createKeptVersionsCrd()].map(fileOf)),
};

function fileOf(crd: CustomResourceDefinition): readonly [string, string] {
  const text = dump(crd, { noRefs: true, lineWidth: -1 });
  const [plural = '', ...group] = crd.metadata.name.split('.');
  return [
    `crds/${group.join('.')}_${plural}.yaml`,
    `# Written by npm run gen; edits are lost.\n${text}`,
  ];
}
