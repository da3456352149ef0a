import { kinds } from '../../src/api/kinds.ts';
import { keptVersionsKind } from '../../src/kube/kept-versions-kind.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch';

/**
 * Where a right is given: `own` in the controller's own namespace, `watched` in each namespace whose resources it serves (or in
 * all), `secrets` where Secrets are that manifests name, `status` where CRDs have no status subresource.
 */
export type Place = 'own' | 'watched' | 'secrets' | 'status';

/** One thing that the controller asks of the Kubernetes API, and what for. */
export interface Right {
  readonly place: Place;
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly Verb[];
  /** Only the objects of these names. */
  readonly names?: readonly string[];
  readonly reason: string;
}

/** The Secret of the guides; people list theirs beside it or in its place. */
const exampleSecret = 'deepseek-key';

/** They say what holds for everybody, so that only those of the controller's own namespace count. */
const ownNamespaceKinds: readonly string[] = ['Gateway', 'Settings'];

const groups = [...new Set(kinds.map(({ group }) => group))];

function pluralsOf(group: string, place: 'own' | 'watched' | 'any'): readonly string[] {
  return kinds
    .filter((one) => one.group === group)
    .filter(({ kind }) => place === 'any' || ownNamespaceKinds.includes(kind) === (place === 'own'))
    .map(({ plural }) => plural);
}

function kindRights(place: 'own' | 'watched', what: string): readonly Right[] {
  return groups.flatMap((group): readonly Right[] => {
    const resources = pluralsOf(group, place);
    const status = resources.map((plural) => `${plural}/status`);
    return [
      { place, group, resources, verbs: ['get', 'list', 'watch'], reason: what },
      { place, group, resources: status, verbs: ['patch'], reason: 'Their status.' },
    ];
  });
}

const eventRight = (place: Place): Right => ({
  place,
  group: '',
  resources: ['events'],
  verbs: ['create', 'patch'],
  reason: 'Events of these, which `kubectl describe` shows.',
});

/** Everything that the controller asks for. No Secret is ever written, and there is no `*`. */
export const rights: readonly Right[] = [
  ...kindRights('own', 'What holds for all of the gateway: listeners and settings.'),
  eventRight('own'),
  {
    place: 'own',
    group: 'coordination.k8s.io',
    resources: ['leases'],
    verbs: ['create'],
    reason: 'The Lease that says which of several controllers writes. RBAC knows no names here.',
  },
  {
    place: 'own',
    group: 'coordination.k8s.io',
    resources: ['leases'],
    verbs: ['get', 'patch'],
    names: ['seekgate'],
    reason: 'The same Lease.',
  },
  {
    place: 'own',
    group: keptVersionsKind.group,
    resources: [keptVersionsKind.plural],
    verbs: ['get', 'list', 'create', 'update'],
    reason: 'Last accepted versions, for a controller that starts while a newer one is bad.',
  },
  ...kindRights('watched', 'What is served.'),
  eventRight('watched'),
  {
    place: 'watched',
    group: '',
    resources: ['services'],
    verbs: ['list', 'watch'],
    reason: 'Services that an Upstream or a route names; one by one, by name.',
  },
  {
    place: 'watched',
    group: 'discovery.k8s.io',
    resources: ['endpointslices'],
    verbs: ['list', 'watch'],
    reason: 'Addresses of these Services; by label, which RBAC cannot narrow to names.',
  },
  {
    place: 'watched',
    group: '',
    resources: ['pods'],
    verbs: ['list', 'watch'],
    reason:
      'Labels of the pods of Services that an Upstream divides by a subsetSpec; only metadata is asked for. Leave it out where none does.',
  },
  {
    place: 'secrets',
    group: '',
    resources: ['secrets'],
    verbs: ['list', 'watch'],
    names: [exampleSecret],
    reason: 'API keys and certificates that manifests name; one by one, by name. Add yours.',
  },
  ...groups.map((group): Right => ({
    place: 'status',
    group,
    resources: pluralsOf(group, 'any'),
    verbs: ['patch'],
    reason: 'The status, as a part of the resource itself.',
  })),
];
