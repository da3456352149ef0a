import { isDeepStrictEqual } from 'node:util';

import { closedBody } from '../../src/xds/route-action.ts';
import { startEnvoyStories, type EnvoyStory } from './envoy-stories.ts';
import { compileStory } from './golden-compile.ts';
import { startGoldenGateway, type GoldenGateway } from './golden-gateway.ts';
import { publishedKeys } from './golden-key-server.ts';
import { askGolden } from './golden-request.ts';
import { readRequests, type GoldenRequest, type GoldenRequests } from './golden-story.ts';

/** What was seen of one request of a story. */
export interface ConformanceCase {
  readonly story: string;
  readonly request: string;
  /**
   * `equal`: both engines answer as the story says. `stricter`: Envoy does not, and an entry of the list of differences says
   * so. `beyond`: Envoy has nothing that does it, and the translation does not pretend to. `other`: anything else.
   */
  readonly verdict: 'equal' | 'stricter' | 'beyond' | 'other';
  /** The entry of the list that the story names. */
  readonly difference?: string;
  /** What was seen, unless equal. */
  readonly detail?: string;
}

/** What Envoy has nothing for, by `story: request`; everything else that it cannot do closes the route. */
const beyondEnvoy: ReadonlyMap<string, string> = new Map([
  [
    'llm-deepseek-key: a model server that tells the key is not told on',
    'answers of model servers are not searched for the key',
  ],
  ['llm-deepseek-key: a token', 'user_id is not put into requests'],
  ['llm-isolation: DeepSeek without a key of the operator', 'user_id is not put into requests'],
  ['llm-keys-anthropic: messages of DeepSeek', 'user_id is not put into requests'],
  ['llm-keys-anthropic: responses of DeepSeek', 'user_id is not put into requests'],
  [
    'llm-keys-anthropic: messages of another server, whose error tells the end of the key',
    'answers of model servers are not searched for the key',
  ],
]);

/** Asks both engines every request of the stories. */
export async function runConformance(
  names: readonly string[],
): Promise<readonly ConformanceCase[]> {
  const stories: EnvoyStory[] = [];
  for (const name of names) {
    const { result } = await compileStory(name);
    stories.push({ name, compiled: result, requests: readRequests(name) });
  }
  const envoy = await startEnvoyStories(stories);
  const cases: ConformanceCase[] = [];
  try {
    for (const story of stories)
      cases.push(...(await runStory(story, envoy.gatewayOf(story.name))));
  } finally {
    await envoy.close();
  }
  return cases;
}

async function runStory(story: EnvoyStory, envoy: GoldenGateway): Promise<ConformanceCase[]> {
  const { compiled, requests } = story;
  const { answers, jwks } = requests;
  const own = await startGoldenGateway(compiled, {
    answers,
    fetchJwks: ({ url }) => {
      const body = publishedKeys(jwks, url);
      return body === undefined
        ? Promise.reject(new Error('no such host'))
        : Promise.resolve({ status: 200, body });
    },
  });
  const cases: ConformanceCase[] = [];
  try {
    for (const request of requests.requests) {
      cases.push(
        await judge(request, { story: story.name, tokens: requests.tokens ?? {}, own, envoy }),
      );
    }
  } finally {
    await own.close();
  }
  return cases;
}

interface Engines {
  readonly story: string;
  readonly tokens: NonNullable<GoldenRequests['tokens']>;
  readonly own: GoldenGateway;
  readonly envoy: GoldenGateway;
}

async function judge(written: GoldenRequest, engines: Engines): Promise<ConformanceCase> {
  const { story, tokens, own, envoy } = engines;
  // Of the embedded engine's log.
  const { reason: _reason, jwtFailures: _failures, ...expectation } = written.expect;
  const request = { ...written, expect: expectation };
  const ours = await askGolden(own, request, tokens);
  if (Object.values(tokens).some(({ times }) => times !== undefined)) await earlyInASecond();
  const theirs = await askGolden(envoy, request, tokens);
  const difference = expectation.stricterThanEnvoy;
  const found = {
    story,
    request: written.name,
    ...(difference === undefined ? {} : { difference }),
  };
  if (!isAsExpected(ours)) {
    return { ...found, verdict: 'other', detail: `seekgate ${shown(ours)}` };
  }
  if (isAsExpected(theirs)) return { ...found, verdict: 'equal' };
  const detail = `Envoy ${shown(theirs)}`;
  if (difference !== undefined) return { ...found, verdict: 'stricter', detail };
  const known = beyondEnvoy.get(`${story}: ${written.name}`);
  if (known !== undefined) return { ...found, verdict: 'beyond', detail: known };
  const { status, body } = theirs.response;
  const isClosed = status === 500 && body === closedBody;
  return { ...found, verdict: isClosed ? 'beyond' : 'other', detail };
}

type Answered = Pick<Awaited<ReturnType<typeof askGolden>>, 'actual' | 'expected'>;

/** By content: lists of node:http may be of another realm than those of a test. */
function isAsExpected({ actual, expected }: Answered): boolean {
  const content = (value: object): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(content(actual), content(expected));
}

const enoughMs = 300;

/** Envoy has the real clock: a token that is good for this second only has to be looked at in it. */
async function earlyInASecond(): Promise<void> {
  const left = 1000 - (Date.now() % 1000);
  if (left < enoughMs) await new Promise((resolve) => void setTimeout(resolve, left));
}

function shown({ actual, expected }: Answered): string {
  return `answers ${JSON.stringify(actual)}, wanted ${JSON.stringify(expected)}`;
}
