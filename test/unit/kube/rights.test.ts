import { describe, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { rightsManifests } from '../../../hack/gen/rights-manifests.ts';
import { rights, type Place, type Verb } from '../../../hack/gen/rights.ts';
import { kinds } from '../../../src/api/kinds.ts';

interface Need {
  readonly place: Place;
  readonly group: string;
  readonly resource: string;
  readonly verb: Verb;
}

const ownKinds = ['Gateway', 'Settings'];
const core = { services: '', secrets: '', endpointslices: 'discovery.k8s.io', pods: '' };

function ofKinds(verb: Verb, suffix = '', place?: Place): readonly Need[] {
  return kinds.map(({ kind, group, plural }) => {
    const home: Place = ownKinds.includes(kind) ? 'own' : 'watched';
    return { place: place ?? home, group, resource: `${plural}${suffix}`, verb };
  });
}

const watched = (verb: Verb): readonly Need[] => [
  ...ofKinds(verb),
  ...Object.entries(core).map(([resource, group]): Need => {
    return { place: resource === 'secrets' ? 'secrets' : 'watched', group, resource, verb };
  }),
];

const events = (verb: Verb): readonly Need[] => [
  { place: 'own', group: '', resource: 'events', verb },
  { place: 'watched', group: '', resource: 'events', verb },
];

const kept = (verb: Verb): Need => {
  return { place: 'own', group: 'seekgate.io', resource: 'keptversions', verb };
};

const lease = (verb: Verb): Need => {
  return { place: 'own', group: 'coordination.k8s.io', resource: 'leases', verb };
};

/** What each request in the code needs. One that is new has to be listed here, and with that to be in the rights. */
const requests: Readonly<Record<string, readonly Need[]>> = {
  'list-all.ts GET': watched('list'),
  'watch-from.ts GET': watched('watch'),
  'status-write.ts GET': ofKinds('get'),
  'status-write.ts PATCH': [...ofKinds('patch', '/status'), ...ofKinds('patch', '', 'status')],
  // Discovery is open to everybody who is authenticated.
  'served-subresources.ts GET': [],
  'event-recorder.ts POST': events('create'),
  'event-recorder.ts PATCH': events('patch'),
  'leader-election.ts GET': [lease('get')],
  'leader-election.ts POST': [lease('create')],
  'leader-election.ts PATCH': [lease('patch')],
  'kept-store.ts GET': [kept('get'), kept('list')],
  'kept-store.ts POST': [kept('create')],
  'kept-store.ts PUT': [kept('update')],
};

/** `file METHOD` of every request to the API that is written in the code. */
function requestsInCode(): readonly string[] {
  const found = globSync('src/kube/*.ts').flatMap((path) => {
    const text = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const fixed = [...text.matchAll(/method: '([A-Z]+)'(?! \|)/g)].map(([, method]) => method);
    const chosen = [...text.matchAll(/const method = (.*);/g)].flatMap(
      ([, choice]) => choice?.match(/(?<=')[A-Z]+(?=')/g) ?? [],
    );
    return [...fixed, ...chosen].map((method) => `${basename(path)} ${method}`);
  });
  return [...new Set(found)].toSorted();
}

const keyOf = ({ place, group, resource, verb }: Need): string =>
  `${place}: ${verb} ${resource}.${group}`;

const given: readonly Need[] = rights.flatMap(({ place, group, resources, verbs }) =>
  resources.flatMap((resource) => verbs.map((verb) => ({ place, group, resource, verb }))),
);

describe('the rights', () => {
  it('are for requests that are known', () => {
    expect(requestsInCode()).toEqual(Object.keys(requests).toSorted());
  });

  it('are what the requests need, and no more', () => {
    const needed = Object.values(requests).flat();
    expect([...new Set(given.map(keyOf))].toSorted()).toEqual(
      [...new Set(needed.map(keyOf))].toSorted(),
    );
  });

  it('have no wildcard, and no write to a Secret', () => {
    const text = JSON.stringify(rights);
    expect(text).not.toContain('*');
    const secrets = given.filter(({ resource }) => resource === 'secrets');
    expect(secrets.map(({ verb }) => verb)).toEqual(['list', 'watch']);
    expect(rights.filter(({ place }) => place === 'secrets')).toEqual([
      expect.objectContaining({ names: expect.any(Array) }),
    ]);
  });
});

describe('the manifests', () => {
  const files = [...rightsManifests.files()];
  const documents = files.flatMap(([path, text]) =>
    loadAll(text).map((document) => ({ path, document: document as RoleManifest })),
  );

  it('give each right somewhere', () => {
    const rules = documents.flatMap(({ document }) => document.rules ?? []);
    const all = rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
      ),
    );
    const wanted = given.map(({ verb, resource, group }) => `${verb} ${resource}.${group}`);
    expect(new Set(all)).toEqual(new Set(wanted));
  });

  it('bind every role to the one account, and no role twice in a namespace', () => {
    const roles = documents.filter(({ document }) => document.kind.endsWith('Role'));
    const bindings = documents.filter(({ document }) => document.kind.endsWith('RoleBinding'));
    expect(bindings.map(({ document }) => document.roleRef?.name)).toEqual(
      roles.map(({ document }) => document.metadata.name),
    );
    for (const { document } of bindings) {
      expect(document.subjects).toEqual([
        { kind: 'ServiceAccount', name: 'seekgate', namespace: 'seekgate-system' },
      ]);
    }
    const names = roles
      .filter(({ document }) => document.kind === 'Role')
      .map(({ document }) => document.metadata.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leave Secrets out of what is given everywhere', () => {
    const everywhere = files.find(([path]) => path.endsWith('all-namespaces.yaml'))?.[1] ?? '';
    expect(everywhere).toContain('kind: ClusterRole\n');
    expect(everywhere).not.toContain('[secrets]');
  });
});

interface RoleManifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly unknown[];
}
