import { describe, expect, it } from '@jest/globals';
import { refKey, type Entry, type Resource } from '../../../src/api/resource.ts';
import { oldestFirst } from '../../../src/compile/age.ts';

function gateway(
  name: string,
  creationTimestamp?: string,
): Entry<'Gateway'> & { resource: Resource } {
  const metadata = {
    name,
    namespace: 'default',
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  };
  const ref = { kind: 'Gateway', namespace: 'default', name } as const;
  return { ref, origin: '', problems: [], resource: { kind: 'Gateway', metadata, spec: {} } };
}

const names = (entries: readonly Entry[], lastGood = new Map<string, Resource>()): string[] =>
  oldestFirst(entries, lastGood).map(({ ref }) => ref.name);

describe('oldestFirst', () => {
  it('puts the oldest first, whatever it is called', () => {
    const young = gateway('a', '2026-02-01T00:00:00Z');
    const old = gateway('b', '2026-01-01T00:00:00Z');
    expect(names([young, old])).toEqual(['b', 'a']);
  });

  it('goes by name among those of one age, and puts those without a time last', () => {
    const time = '2026-01-01T00:00:00Z';
    expect(names([gateway('0'), gateway('b', time), gateway('a', time)])).toEqual(['a', 'b', '0']);
  });

  it('takes the age of the last good version where the newest cannot be read', () => {
    const old = gateway('z', '2026-01-01T00:00:00Z');
    const { resource: _resource, ...broken } = old;
    const rival = gateway('a', '2026-02-01T00:00:00Z');
    expect(names([rival, broken])).toEqual(['a', 'z']);
    expect(names([rival, broken], new Map([[refKey(old.ref), old.resource]]))).toEqual(['z', 'a']);
  });
});
