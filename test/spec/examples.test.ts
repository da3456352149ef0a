import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { checkManifests, findingLine } from '../../src/cli/check-findings.ts';

const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('examples', () => {
  it('are there', () => {
    expect(examples).toContain('seed');
    expect(examples).toContain('quickstart');
  });

  it.each(examples)('%s compiles without errors', async (name) => {
    const { findings, outcomes } = await checkManifests({
      paths: [join('examples', name)],
      namespace: 'default',
      allowLocalUpstreams: 'on',
      allowExternalName: false,
    });
    const errors = findings.filter(({ severity }) => severity === 'error').map(findingLine);
    expect(errors).toEqual([]);
    expect(outcomes.some(({ ref }) => ref.kind === 'VirtualService')).toBe(true);
    expect(outcomes.filter(({ state }) => state === 'Rejected')).toEqual([]);
  });
});
