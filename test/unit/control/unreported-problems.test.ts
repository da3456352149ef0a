import { describe, expect, it } from '@jest/globals';
import { validateManifest } from '../../../src/api/validate.ts';
import { unreportedProblems } from '../../../src/control/unreported-problems.ts';
import { createStore } from '../../../src/store/store.ts';

function entry(kind: string, name: string, origin: string, body: object) {
  const apiVersion = kind === 'Secret' ? 'v1' : 'gloo.solo.io/v1';
  const document = { apiVersion, kind, metadata: { name }, ...body };
  return validateManifest(document, { origin, defaultNamespace: 'default' }).entry!;
}

describe('unreported problems', () => {
  it('are those of duplicates and of resources of Kubernetes; ours have outcomes', () => {
    const store = createStore();
    store.replaceOrigin('a', [
      entry('Secret', 's', 'a:1', { data: { key: 'not base64!' } }),
      entry('Upstream', 'u', 'a:9', { spec: { nonsense: 1 } }),
    ]);
    store.replaceOrigin('b', [entry('Upstream', 'u', 'b:1', { spec: {} })]);
    const problems = unreportedProblems(store.snapshot());
    expect(problems.map(({ origin, problem }) => [origin, problem.reason])).toEqual([
      ['b:1', 'DuplicateResource'],
      ['a:1', 'InvalidValue'],
    ]);
  });
});
