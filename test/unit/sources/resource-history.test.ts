import { describe, expect, it } from '@jest/globals';
import { parseManifestFile } from '../../../src/sources/manifest-file.ts';
import { createResourceHistory } from '../../../src/sources/resource-history.ts';

const start = Date.parse('2030-01-01T00:00:00Z');

function document(host: string) {
  const text = `apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: a, creationTimestamp: null}
spec: {static: {hosts: [{addr: ${host}, port: 80}]}}
`;
  return parseManifestFile('a.yaml', text, 'default').documents[0]!;
}

describe('resource history', () => {
  it('gives the time at which a resource was first seen', () => {
    const history = createResourceHistory();
    history.stamp(document('a.example'), start);
    const entry = history.stamp(document('b.example'), start + 5000);
    expect(entry.resource?.metadata.creationTimestamp).toBe('2030-01-01T00:00:00.000Z');
  });

  it('counts changes of content', () => {
    const history = createResourceHistory();
    const generations = ['a.example', 'a.example', 'b.example', 'b.example', 'a.example'].map(
      (host) => history.stamp(document(host), start).generation,
    );
    expect(generations).toEqual([1, 1, 2, 2, 3]);
  });

  it('counts a version that does not fit its schema', () => {
    const history = createResourceHistory();
    history.stamp(document('a.example'), start);
    const entry = history.stamp(document('{}'), start);
    expect(entry).toMatchObject({ generation: 2 });
    expect(entry.resource).toBeUndefined();
  });

  it('takes one that was gone for new', () => {
    const history = createResourceHistory();
    history.stamp(document('a.example'), start);
    history.retain(new Set());
    const entry = history.stamp(document('b.example'), start + 1000);
    expect(entry.generation).toBe(1);
    expect(entry.resource?.metadata.creationTimestamp).toBe('2030-01-01T00:00:01.000Z');
  });
});
