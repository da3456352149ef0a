import { describe, expect, it } from '@jest/globals';
import { kinds } from '../../../src/api/kinds.ts';
import {
  createKeptVersionsCrd,
  keptVersionsBody,
  keptVersionsKind,
  keptVersionsPath,
} from '../../../src/kube/kept-versions-kind.ts';

const place = { namespace: 'own', name: 'seekgate-00' };
const spec = { resources: 1, contents: 'AAAA' };

describe('the kind of kept versions', () => {
  it('has its paths', () => {
    expect(keptVersionsPath('own')).toBe('/apis/seekgate.io/v1/namespaces/own/keptversions');
    expect(keptVersionsPath('a/b', 'x')).toBe(
      '/apis/seekgate.io/v1/namespaces/a%2Fb/keptversions/x',
    );
  });

  it('is sent with the version that it replaces, or with none to be created', () => {
    const body = keptVersionsBody(place, spec);
    expect(body).toMatchObject({ apiVersion: 'seekgate.io/v1', kind: 'KeptVersions', spec });
    expect(body.metadata).not.toHaveProperty('resourceVersion');
    const stored = keptVersionsBody(place, spec, { resourceVersion: '7' });
    expect(stored.metadata).toMatchObject({ ...place, resourceVersion: '7' });
  });

  it('is none of those that people write, nor in their category', () => {
    expect(kinds.map(({ kind }) => kind as string)).not.toContain(keptVersionsKind.kind);
    const crd = createKeptVersionsCrd();
    expect(crd.metadata.name).toBe('keptversions.seekgate.io');
    expect(crd.spec['names']).not.toHaveProperty('categories');
    expect(crd.spec['scope']).toBe('Namespaced');
  });
});
