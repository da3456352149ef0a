import type { AdminFacts } from '../../src/admin/admin-facts.ts';

/** Facts of a gateway that has just started; a test says what is different. */
export function adminFacts(different: Partial<AdminFacts> = {}): AdminFacts {
  return {
    missing: () => [],
    table: () => undefined,
    publishedAtMs: () => undefined,
    outcomes: () => [],
    sourceProblems: () => [],
    keySets: () => [],
    traffic: () => ({
      inFlight: 0,
      requests: [],
      upstreamFailures: [],
      durations: [],
      endpoints: [],
      boundsMs: [10, 100],
    }),
    models: [],
    verification: () => ({
      cacheEntries: 0,
      cacheBytes: 0,
      cacheHits: 0,
      cacheMisses: 0,
      droppedHeaders: 0,
    }),
    capacity: () => ({ accounts: [], servers: [] }),
    explain: () => Promise.reject(new Error('nothing is served')),
    listening: () => ({}),
    ...different,
  };
}
