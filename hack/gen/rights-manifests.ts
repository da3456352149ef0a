import { dump } from 'js-yaml';
import type { Generator } from './generator.ts';
import { rights, type Place, type Right } from './rights.ts';

/** The controller's own namespace, as the program has it by default. */
const home = 'seekgate-system';
const account = 'seekgate';

export const rightsManifests: Generator = {
  title: 'Rights of the controller',
  owns: 'deploy',
  files: () =>
    new Map([
      [
        'deploy/controller.yaml',
        file('The namespace of the controller, who it is, and its rights at home.', [
          dump({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } }),
          dump({
            apiVersion: 'v1',
            kind: 'ServiceAccount',
            metadata: { name: account, namespace: home },
          }),
          ...role('own', { kind: 'Role', name: 'seekgate-own', namespace: home }),
        ]),
      ],
      [
        'deploy/watched-namespace.yaml',
        file(
          'Rights in a namespace whose resources are served: kubectl apply -n NAMESPACE -f …, once for each.',
          role('watched', { kind: 'Role', name: 'seekgate-watched' }),
        ),
      ],
      [
        'deploy/all-namespaces.yaml',
        file(
          'In place of watched-namespace.yaml: the same rights in every namespace. Secrets are not among them.',
          role('watched', { kind: 'ClusterRole', name: 'seekgate-watched' }),
        ),
      ],
      [
        'deploy/secrets.yaml',
        file(
          'Secrets that manifests of a namespace name: kubectl apply -n NAMESPACE -f …, with your names in resourceNames.',
          role('secrets', { kind: 'Role', name: 'seekgate-secrets' }),
        ),
      ],
      [
        'deploy/status-of-gloo-crds.yaml',
        file(
          "Only for clusters that keep Gloo's own CRDs, which have no status subresource: kubectl apply -n NAMESPACE -f …, once for each.",
          role('status', { kind: 'Role', name: 'seekgate-status' }),
        ),
      ],
    ]),
};

interface RoleHead {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
  /** Without it, that of `kubectl apply -n`. */
  readonly namespace?: string;
}

function role(place: Place, { kind, name, namespace }: RoleHead): readonly string[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const rules = rights.filter((right) => right.place === place).map(rule);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: home }];
  return [
    `${dump({ apiVersion, kind, metadata })}rules:\n${rules.join('')}`,
    dump({ apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects }),
  ];
}

function rule({ group, resources, verbs, names, reason }: Right): string {
  const fields = {
    apiGroups: [group],
    resources,
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs,
  };
  const item = dump([fields], { flowLevel: 2, lineWidth: -1 });
  return `# ${reason}\n${item}`.replace(/^(?=.)/gm, '  ');
}

function file(title: string, documents: readonly string[]): string {
  return `# Written by npm run gen; edits are lost.\n# ${title}\n${documents.join('---\n')}`;
}
