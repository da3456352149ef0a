import { describe, expect, it } from '@jest/globals';

import { refKey, type Resource } from '../../../src/api/resource.ts';
import { validateManifest } from '../../../src/api/validate.ts';
import { createCompileMemory } from '../../../src/compile/compile-memory.ts';
import { compile, type CompileOptions, type CompileResult } from '../../../src/compile/compile.ts';
import { importKeys } from '../../../src/jwt/import-keys.ts';
import { checkRegex } from '../../../src/rbac/regex.ts';
import { createStore } from '../../../src/store/store.ts';
import { mixedResources, shuffled, type MixedResource } from '../../support/mixed-resources.ts';
import { randomOf } from '../../support/random-edits.ts';

const options: CompileOptions = {
  httpPort: undefined,
  httpsPort: undefined,
  allowLocalUpstreams: 'off',
  lastGood: new Map(),
};
const resources = mixedResources({ namespace: 'default', ports: [8080, 8443] });
const noNews = { importKeys, checkRegex };

/**
 * Who is oldest decides between two that want the same, and here the time is written in the manifest: so the younger may come
 * long before the older, as it does when a gateway lists what is there already. In a cluster the order of creation is the age. How old
 * all the others are must not matter.
 */
function entryOf({ manifest, rank }: MixedResource, random: () => number) {
  const second = rank ?? Math.floor(random() * 10);
  const metadata = { ...manifest.metadata, creationTimestamp: `2026-01-01T00:00:0${second}Z` };
  const document = { ...manifest, metadata };
  const { entry } = validateManifest(document, { origin: '', defaultNamespace: 'default' });
  if (!entry) throw new Error(`no entry for ${manifest.kind} ${manifest.metadata.name}`);
  return entry;
}

interface End {
  readonly version: string;
  readonly outcomes: Readonly<Record<string, unknown>>;
}

function endOf({ table, outcomes }: CompileResult): End {
  const byName = outcomes.map((outcome) => [refKey(outcome.ref as never), outcome] as const);
  return { version: table.version, outcomes: Object.fromEntries(byName) };
}

/** Brings the resources one after the other, and compiles whenever a few have come, with what the compile before left. */
async function arrive(seed: number): Promise<End> {
  const random = randomOf(seed);
  const store = createStore();
  const memory = createCompileMemory();
  let lastGood: ReadonlyMap<string, Resource> = new Map();
  let lastCertificates: CompileResult['certificates'] = new Map();
  let waiting = 0;
  const round = async (): Promise<CompileResult> => {
    const last = { ...options, lastGood, lastCertificates, memory };
    const result = await compile(store.snapshot(), noNews, last);
    lastGood = result.accepted;
    lastCertificates = result.certificates;
    return result;
  };
  for (const resource of shuffled(resources, random)) {
    store.put('watch', entryOf(resource, random));
    waiting -= 1;
    if (waiting > 0) continue;
    await round();
    waiting = Math.ceil(random() * 20);
  }
  await round();
  return endOf(await round());
}

const reference = arrive(0);

describe('200 resources, good and bad, in any order', () => {
  it('are of every kind and every state', async () => {
    const { outcomes } = await reference;
    const seen = new Set<string>();
    for (const [name, outcome] of Object.entries(outcomes)) {
      seen.add(`${name.split('/')[0]} ${(outcome as { state: string }).state}`);
    }
    expect(resources).toHaveLength(200);
    expect([...seen].sort()).toEqual([
      'Gateway Accepted',
      'Gateway Rejected',
      'RouteOption Accepted',
      'RouteTable Accepted',
      'RouteTable Rejected',
      'RouteTable Warning',
      'Settings Accepted',
      'Settings Warning',
      'Upstream Accepted',
      'Upstream Warning',
      'UpstreamGroup Warning',
      'VirtualHostOption Accepted',
      'VirtualService Accepted',
      'VirtualService Rejected',
      'VirtualService Warning',
    ]);
  });

  it('end as they do when all of them are there from the start', async () => {
    const store = createStore();
    store.replaceOrigin(
      'watch',
      resources.map((one) => entryOf(one, randomOf(0))),
    );
    expect(endOf(await compile(store.snapshot(), noNews, options))).toEqual(await reference);
  });

  it.each(Array.from({ length: 20 }, (_none, index) => index + 1))(
    'end in the same table and the same outcomes: seed %d',
    async (seed) => {
      expect(await arrive(seed)).toEqual(await reference);
    },
  );
});
