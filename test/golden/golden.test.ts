import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { compileStory, type GoldenCompile } from '../support/golden-compile.ts';
import { orphans, recorded, removeOrphans, storyNames, updating } from '../support/golden-files.ts';
import { compareExplanation } from '../support/golden-explain.ts';
import { startGoldenGateway, type GoldenGateway } from '../support/golden-gateway.ts';
import { askGolden } from '../support/golden-request.ts';
import { keysFolder, readRequests, type GoldenRequests } from '../support/golden-story.ts';
import type { FetchJwks } from '../../src/jwt/remote-key-set.ts';

/** Serves the key sets that a story names; every other host is down. */
function jwksServer(jwks: GoldenRequests['jwks'] = {}): FetchJwks {
  return ({ url }) => {
    const files = jwks[url];
    if (files === undefined) return Promise.reject(new Error('no such host'));
    const keys = files.map((name): unknown =>
      JSON.parse(readFileSync(join(keysFolder, `${name}.jwk.json`), 'utf8')),
    );
    return Promise.resolve({ status: 200, body: JSON.stringify({ keys }) });
  };
}

if (updating) removeOrphans();

describe.each(storyNames())('%s', (story) => {
  const { requests, tokens = {}, answers, jwks } = readRequests(story);
  const secretTexts: string[] = [];
  const logs: string[] = [];
  let compiled: GoldenCompile;
  let gateway: GoldenGateway | undefined;

  beforeAll(async () => {
    compiled = await compileStory(story);
    secretTexts.push(...Object.values(compiled.result.secrets));
    gateway = await startGoldenGateway(compiled.result, { answers, fetchJwks: jwksServer(jwks) });
  });

  afterAll(() => gateway?.close());

  it('compiles to table.yaml', () => {
    expect(compiled.table).toBe(recorded(story, 'table.yaml', compiled.table));
  });

  it('says status.yaml', () => {
    expect(compiled.status).toBe(recorded(story, 'status.yaml', compiled.status));
  });

  for (const request of requests) {
    it(`answers: ${request.name}`, async () => {
      if (!gateway) throw new Error('the table could not be served');
      const answer = await askGolden(gateway, request, tokens);
      const { actual, expected, explanation, response, log, isExplained } = answer;
      secretTexts.push(...answer.tokens);
      logs.push(...log);
      expect(actual).toEqual(expected);
      if (!isExplained) return;
      // Why it is so comes from the code that served it, and has to end in the same.
      if (explanation === undefined) throw new Error('there is no explanation');
      logs.push(JSON.stringify(explanation));
      const { said, done } = compareExplanation(explanation, response, log[0]);
      expect(said).toEqual(done);
    });
  }

  it('shows no secret and no token in table, status and log', () => {
    const shown = [compiled.table, compiled.status, ...logs].join('\n');
    expect(secretTexts.filter((text) => text.length > 8 && shown.includes(text))).toEqual([]);
  });
});

describe('golden folder', () => {
  it('has only stories', () => {
    expect(storyNames().length).toBeGreaterThan(40);
    expect(orphans()).toEqual([]);
  });
});
