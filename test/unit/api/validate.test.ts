import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { problemLine, type Problem } from '../../../src/api/problem.ts';
import { validateManifest } from '../../../src/api/validate.ts';
import { hostileManifests } from '../../support/hostile-manifests.ts';

const from = { origin: 'a.yaml:1', defaultNamespace: 'default' };

function problemsOf(document: unknown): readonly Problem[] {
  const { entry, ...rest } = validateManifest(document, from);
  return entry ? entry.problems : 'problems' in rest ? rest.problems : [];
}

function virtualService(spec: unknown, more: object = {}) {
  return {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'a' },
    spec,
    ...more,
  };
}

const paths = globSync(['examples/**/*.yaml', 'test/integration/manifests/*.yaml']).sort();
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };

describe('manifests as people write them', () => {
  it.each(paths)('%s is valid', (path) => {
    for (const document of loadAll(readFileSync(path, 'utf8'))) {
      const { entry } = validateManifest(document, from);
      expect(entry?.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(entry?.resource).toBeDefined();
    }
  });
});

describe('hostile manifests', () => {
  it('are thirty and more', () => {
    expect(hostileManifests.length).toBeGreaterThan(30);
  });

  it.each(hostileManifests.map((hostile) => [hostile.title, hostile] as const))(
    '%s: refused by name',
    (_title, { manifest, names }) => {
      const { entry } = validateManifest(JSON.parse(JSON.stringify(manifest)), from);
      const errors = entry?.problems.filter(({ severity }) => severity === 'error') ?? [];
      expect(errors.map(problemLine).join('\n')).toContain(names);
      expect(entry?.resource).toBeUndefined();
    },
  );
});

describe('the entry', () => {
  it('names the resource, with the default namespace where it names none', () => {
    const { entry } = validateManifest(virtualService({}), from);
    expect(entry).toEqual({
      ref: { kind: 'VirtualService', namespace: 'default', name: 'a' },
      origin: 'a.yaml:1',
      problems: [],
      resource: {
        kind: 'VirtualService',
        metadata: { name: 'a', namespace: 'default' },
        spec: {},
      },
    });
  });

  it('keeps of the metadata what is read, and no status', () => {
    const metadata = {
      name: 'a',
      namespace: 'n',
      generation: 3,
      uid: 'u',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { team: 'x' },
      managedFields: [{}],
      resourceVersion: '7',
    };
    const { entry } = validateManifest(virtualService({}, { metadata, status: { x: 1 } }), from);
    const { managedFields: _managed, resourceVersion: _version, ...kept } = metadata;
    expect(entry?.generation).toBe(3);
    expect(entry?.resource).toEqual({ kind: 'VirtualService', metadata: kept, spec: {} });
  });

  it('is frozen, and the document is not touched', () => {
    const document = virtualService({ virtualHost: { domains: ['a'] } });
    const { entry } = validateManifest(document, from);
    expect(Object.isFrozen(entry?.resource?.metadata)).toBe(true);
    expect(entry?.resource).toMatchObject({ spec: { virtualHost: { domains: ['a'] } } });
    expect(document.spec).toEqual({ virtualHost: { domains: ['a'] } });
    expect(Object.isFrozen(document)).toBe(false);
  });

  it.each(['options', 'routes', 'domains'])('refuses null as the API server does: %s', (field) => {
    const { entry } = validateManifest(virtualService({ virtualHost: { [field]: null } }), from);
    expect(entry?.resource).toBeUndefined();
    const path = `spec.virtualHost.${field}`;
    expect(entry?.problems).toMatchObject([{ reason: 'InvalidValue', severity: 'error', path }]);
    expect(entry?.problems[0]?.message).toContain('found null');
  });

  it('takes null for a BoolValue, and in the kinds of Kubernetes itself', () => {
    const spec = {
      virtualHost: {
        routes: [
          {
            directResponseAction: { status: 200 },
            matchers: [{ prefix: '/', caseSensitive: null }],
          },
        ],
      },
    };
    expect(validateManifest(virtualService(spec), from).entry?.problems).toEqual([]);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', creationTimestamp: null },
      data: null,
    };
    expect(validateManifest(secret, from).entry?.problems).toEqual([]);
  });

  it('warns of what is not enforced, by path, and still holds the resource', () => {
    const route = {
      directResponseAction: { status: 200 },
      options: { tracing: { routeDescriptor: 'a' } },
    };
    const { entry } = validateManifest(virtualService({ virtualHost: { routes: [route] } }), from);
    expect(entry?.resource).toBeDefined();
    expect(entry?.problems).toMatchObject([
      {
        severity: 'warning',
        reason: 'Unsupported',
        path: 'spec.virtualHost.routes[0].options.tracing',
      },
    ]);
  });
});

describe('what cannot be read as a resource', () => {
  it.each([
    ['no object', 5, 'Malformed'],
    ['a list', [], 'Malformed'],
    ['null', null, 'Malformed'],
    ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, 'MissingField'],
    ['no name', virtualService({}, { metadata: {} }), 'MissingField'],
    ['a number for a name', virtualService({}, { metadata: { name: 5 } }), 'InvalidValue'],
    ['`n` without quotes', virtualService({}, { metadata: { name: false } }), 'InvalidValue'],
    ['text for metadata', virtualService({}, { metadata: 'a' }), 'MissingField'],
  ])('%s', (_title, document, reason) => {
    const { entry } = validateManifest(document, from);
    expect(entry).toBeUndefined();
    expect(problemsOf(document)).toMatchObject([{ reason, severity: 'error' }]);
  });

  it('a kind of others is a warning', () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } };
    expect(problemsOf(deployment)).toMatchObject([{ reason: 'UnknownKind', severity: 'warning' }]);
  });
});

describe('what would harm', () => {
  it('endless aliases end', () => {
    const loop: Record<string, unknown> = {};
    loop['routes'] = [loop];
    expect(problemsOf(virtualService({ virtualHost: loop }))).toMatchObject([
      { reason: 'Malformed', ref: { name: 'a' } },
    ]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('%s is a name like any other', (name) => {
    const jwt = { providers: { [name]: { jwks: { local: { key: 'k' } } } } };
    expect(problemsOf(virtualService({ virtualHost: { options: { jwt } } }))).toEqual([]);
    const unknown = virtualService({ [name]: {} });
    expect(problemsOf(unknown)).toMatchObject([{ reason: 'UnknownField', path: `spec.${name}` }]);
  });

  it('__proto__ is refused and changes nothing', () => {
    const document: unknown = JSON.parse(
      JSON.stringify(virtualService({ x: 1 })).replace('"x"', '"__proto__"'),
    );
    expect(problemsOf(document)).toMatchObject([{ reason: 'Malformed' }]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('thousands of mistakes are cut short, and the cut is named', () => {
    const problems = problemsOf(
      virtualService({ virtualHost: { routes: Array.from({ length: 2000 }, () => ({})) } }),
    );
    expect(problems).toHaveLength(65);
    expect(problems.at(-1)?.message).toContain('1936 more');
  });
});

describe('apiVersion', () => {
  it.each([
    ['missing', undefined, 'MissingField'],
    ['of another group of Gloo', 'gloo.solo.io/v1', 'InvalidValue'],
    ['of another version', 'gateway.solo.io/v2', 'InvalidValue'],
  ])('%s', (_title, apiVersion, reason) => {
    expect(problemsOf(virtualService({}, { apiVersion }))).toMatchObject([
      { reason, path: 'apiVersion', message: expect.stringContaining('gateway.solo.io/v1') },
    ]);
  });
});

describe('kinds of Kubernetes', () => {
  it('take other fields than those that are read', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }], ipFamilies: ['IPv4'] },
    };
    expect(problemsOf(service)).toEqual([]);
  });

  it('are checked where they are read, and values of Secrets are not told', () => {
    const problems = problemsOf({ ...secret, data: { k: '%hunter2%' }, stringData: { n: 12_345 } });
    expect(problems.map(({ path }) => path)).toEqual(['data.k', 'stringData.n']);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|12345/);
  });
});
