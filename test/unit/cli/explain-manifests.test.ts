import { describe, expect, it } from '@jest/globals';

import { explainManifests } from '../../../src/cli/explain-manifests.ts';
import { askedRequest } from '../../../src/ir/asked-request.ts';
import { compileStory } from '../../support/golden-compile.ts';

const options = { localAddresses: 'off', offline: true, showValues: false } as const;

describe('explainManifests', () => {
  it('asks what manifests compile to, without opening a port', async () => {
    const { result } = await compileStory('seed-with-deepseek');
    const asked = askedRequest({ url: 'http://a.test/v1/models' });
    if (typeof asked === 'string') throw new Error(asked);
    const { listener, virtualHost, answer } = await explainManifests(result, asked, options);
    expect({ listener, virtualHost, body: answer?.body }).toEqual({
      listener: 'default',
      virtualHost: 'default.example-vs',
      body: 'Jwt is missing',
    });
  });
});
