import { describe, expect, it } from '@jest/globals';
import { rename, rm } from 'node:fs/promises';
import { createLogger } from '../../../src/base/log.ts';
import { createFileReconciler } from '../../../src/sources/file-reconciler.ts';
import { createStore } from '../../../src/store/store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const upstream = (name: string, host = 'api.example') =>
  `apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: {name: ${name}}
spec: {static: {hosts: [{addr: ${host}, port: 80}]}}
`;

const stillMs = 75;

function setUp(folder: TempFolder) {
  const store = createStore();
  const clock = createFakeClock();
  const lines: string[] = [];
  const reconciler = createFileReconciler({
    paths: [folder.path],
    store,
    defaultNamespace: 'default',
    clock,
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
  });
  const names = () =>
    store
      .snapshot()
      .list('Upstream')
      .map(({ ref }) => ref.name);
  /** Waits for files that were written a moment ago. */
  const scan = async () => {
    const result = await reconciler.scan();
    if (result.doubtMs !== stillMs) return result;
    clock.advance(stillMs);
    return reconciler.scan();
  };
  return {
    store,
    clock,
    reconciler: { ...reconciler, scan },
    scanOnce: reconciler.scan,
    names,
    logged: () => lines.map((line) => JSON.parse(line)),
  };
}

describe('file reconciler', () => {
  it('brings what is in the files into the store', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', `${upstream('a')}---\n${upstream('b')}`);
    await folder.write('sub/c.json', JSON.stringify({ kind: 'List', items: [] }));
    const { reconciler, names } = setUp(folder);
    expect(await reconciler.scan()).toEqual({});
    expect(names()).toEqual(['a', 'b']);
  });

  it('reads a changed file only when it has been still for a while: half of it could allow more', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', upstream('a'));
    const { scanOnce, clock, names } = setUp(folder);
    expect(await scanOnce()).toEqual({});
    await folder.write('a.yaml', upstream('half'));
    expect(await scanOnce()).toEqual({ doubtMs: stillMs });
    clock.advance(stillMs - 1);
    await folder.write('a.yaml', `${upstream('half')}---\n${upstream('whole')}`);
    expect(await scanOnce()).toEqual({ doubtMs: stillMs });
    clock.advance(stillMs - 1);
    expect(await scanOnce()).toEqual({ doubtMs: stillMs });
    expect(names()).toEqual(['a']);
    clock.advance(1);
    expect(await scanOnce()).toEqual({});
    expect(names()).toEqual(['half', 'whole']);
  });

  it('keeps the entries of a file that has not changed', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', upstream('a'));
    const { reconciler, store } = setUp(folder);
    await reconciler.scan();
    const before = store.snapshot().get('Upstream', 'default', 'a');
    let changes = 0;
    store.onChange(() => (changes += 1));
    await reconciler.scan();
    expect(store.snapshot().get('Upstream', 'default', 'a')).toBe(before);
    expect(changes).toBe(0);
  });

  it('keeps the last good version of a malformed file, and says once what is wrong', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', upstream('a'));
    const { reconciler, names, logged } = setUp(folder);
    await reconciler.scan();
    await folder.write('a.yaml', 'a: 1\n b: 2\n');
    await reconciler.scan();
    await folder.write('a.yaml', 'a: 1\n b: 3\n');
    await reconciler.scan();
    expect(names()).toEqual(['a']);
    expect(reconciler.problems()).toHaveLength(1);
    expect(reconciler.problems()[0]).toMatchObject({
      origin: `${folder.pathOf('a.yaml')}:2`,
      problem: { reason: 'Malformed' },
    });
    expect(logged()).toEqual([
      expect.objectContaining({
        msg: 'manifest not used',
        reason: 'Malformed',
        origin: `${folder.pathOf('a.yaml')}:2`,
      }),
    ]);
    await folder.write('a.yaml', upstream('b'));
    await reconciler.scan();
    expect(names()).toEqual(['b']);
    expect(reconciler.problems()).toEqual([]);
  });

  it('counts generations over changes and keeps the time of the first sight', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', upstream('a'));
    const { reconciler, store, clock } = setUp(folder);
    await reconciler.scan();
    clock.advance(60_000);
    await folder.write('a.yaml', upstream('a', 'other.example') + '---\n' + upstream('b'));
    await reconciler.scan();
    const metadata = (name: string) =>
      store.snapshot().get('Upstream', 'default', name)?.resource?.metadata;
    expect(metadata('a')).toMatchObject({
      generation: 2,
      creationTimestamp: '2030-01-01T00:00:00.000Z',
    });
    expect(metadata('b')).toMatchObject({
      generation: 1,
      creationTimestamp: '2030-01-01T00:01:00.075Z',
    });
  });

  describe('does not take an editor at work for a deletion', () => {
    const gaps: readonly [name: string, make: (folder: TempFolder) => Promise<void>][] = [
      ['emptied', (folder) => folder.write('a.yaml', '')],
      ['gone', (folder) => rm(folder.pathOf('a.yaml'))],
      ['moved to a backup', (folder) => rename(folder.pathOf('a.yaml'), folder.pathOf('a.yaml~'))],
    ];
    it.each(gaps)('%s for a moment', async (_name, make) => {
      using folder = createTempFolder();
      await folder.write('a.yaml', upstream('a'));
      const { reconciler, names, clock } = setUp(folder);
      await reconciler.scan();
      await make(folder);
      expect(await reconciler.scan()).toEqual({ doubtMs: 150 });
      expect(names()).toEqual(['a']);
      clock.advance(100);
      await folder.write('a.yaml', upstream('b'));
      expect(await reconciler.scan()).toEqual({});
      expect(names()).toEqual(['b']);
    });

    it.each(gaps)('%s for good', async (_name, make) => {
      using folder = createTempFolder();
      await folder.write('a.yaml', upstream('a'));
      const { reconciler, names, clock } = setUp(folder);
      await reconciler.scan();
      await make(folder);
      await reconciler.scan();
      clock.advance(150);
      expect(await reconciler.scan()).toEqual({});
      expect(names()).toEqual([]);
    });
  });

  it('follows a rename at once', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', upstream('a'));
    const { reconciler, store } = setUp(folder);
    await reconciler.scan();
    await rename(folder.pathOf('a.yaml'), folder.pathOf('b.yaml'));
    expect(await reconciler.scan()).toEqual({});
    const snapshot = store.snapshot();
    expect(snapshot.get('Upstream', 'default', 'a')?.origin).toBe(`${folder.pathOf('b.yaml')}:1`);
    expect(snapshot.duplicates).toEqual([]);
  });
});
