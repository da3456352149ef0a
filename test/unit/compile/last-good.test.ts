import { describe, expect, it } from '@jest/globals';
import type { Entry, Resource } from '../../../src/api/resource.ts';
import { lastGoodOf } from '../../../src/compile/last-good.ts';

const ref = { kind: 'Gateway', namespace: 'default', name: 'a' } as const;

function gateway(uid?: string): Resource<'Gateway'> {
  const metadata = { name: 'a', namespace: 'default', ...(uid === undefined ? {} : { uid }) };
  return { kind: 'Gateway', metadata, spec: {} };
}

const entry = (members: Partial<Entry>): Entry => ({ ref, origin: '', problems: [], ...members });

describe('lastGoodOf', () => {
  it.each<[string, Entry, Resource | undefined, boolean]>([
    ['no version', entry({}), undefined, false],
    ['no uids, as of files', entry({}), gateway(), true],
    ['no uids, and a newer version', entry({ resource: gateway() }), gateway(), true],
    ['the same uid', entry({ uid: '1' }), gateway('1'), true],
    ['the same uid in the resource', entry({ resource: gateway('1') }), gateway('1'), true],
    ['another uid', entry({ uid: '2' }), gateway('1'), false],
    ['another uid in the resource', entry({ resource: gateway('2') }), gateway('1'), false],
    ['a uid only now', entry({ uid: '2' }), gateway(), false],
    ['a uid only before', entry({}), gateway('1'), false],
  ])('%s', (_title, current, last, counts) => {
    const known = new Map(last ? [['Gateway/default/a', last]] : []);
    expect(lastGoodOf(current, known)).toBe(counts ? last : undefined);
  });
});
