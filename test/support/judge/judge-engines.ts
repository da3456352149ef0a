import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';

import { systemClock } from '../../../src/base/clock.ts';
import type { VirtualServiceSpec } from '../../../src/api/virtual-service.ts';
import type { CompileResult } from '../../../src/compile/compile.ts';
import { startEnvoyStories } from '../envoy-stories.ts';
import { compileManifests } from '../golden-compile.ts';
import { startGoldenGateway, type GoldenGateway } from '../golden-gateway.ts';
import { publishedKeys } from '../golden-key-server.ts';
import { mintToken } from '../golden-token.ts';
import type { JudgedRequest } from './judged-case.ts';
import { publishedSets } from './words.ts';

/** A request to one of the hosts. */
export interface Question {
  readonly host: string;
  readonly request: JudgedRequest;
}

/** What became of it; tokens are shown by their names. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly challenge: string | null;
  readonly location: string | null;
  /** As the upstream saw it; null: no upstream did. */
  readonly seen: {
    readonly cluster: string;
    readonly method: string;
    readonly path: string;
    /** Names in lower case, in order of name; values in their order. */
    readonly headers: readonly (readonly [string, string])[];
  } | null;
}

export interface Engines {
  readonly compiled: CompileResult;
  /** Asks both engines; tokens are signed once for both. */
  readonly ask: (questions: readonly Question[]) => Promise<readonly (readonly [Answer, Answer])[]>;
  readonly close: () => Promise<void>;
}

const jwks = Object.fromEntries(
  Object.entries(publishedSets).map(([url, names]) => [url, [...names]]),
);

const upstreams = ['blue', 'green', 'red', 'keys'];

/** Serves all virtual services, by name, with the embedded data plane and with one real Envoy. */
export async function startEngines(
  specs: Readonly<Record<string, VirtualServiceSpec>>,
): Promise<Engines> {
  const compiled = await compileManifests(manifestsOf(specs));
  const own = await startGoldenGateway(compiled, {
    answers: {},
    clock: systemClock,
    fetchJwks: ({ url }) => {
      const body = publishedKeys(jwks, url);
      return body === undefined
        ? Promise.reject(new Error('no such host'))
        : Promise.resolve({ status: 200, body });
    },
  });
  const requests = { story: 'judge', jwks, requests: [] };
  try {
    const envoy = await startEnvoyStories([{ name: 'judge', compiled, requests }]);
    const agent = new Agent({ keepAlive: true, maxSockets: 24 });
    const theirs = envoy.gatewayOf('judge');
    return {
      compiled,
      ask: async (questions) => {
        const signed = questions.map((question) => sign(question));
        const first = await askAll(own, signed, agent);
        const second = await askAll(theirs, signed, agent);
        return first.map((answer, index) => [answer, second[index]!] as const);
      },
      close: async () => {
        agent.destroy();
        await envoy.close();
        await own.close();
      },
    };
  } catch (error) {
    await own.close();
    throw error;
  }
}

function manifestsOf(specs: Readonly<Record<string, VirtualServiceSpec>>): string {
  const services = Object.entries(specs).map(([name, spec]) =>
    document('gateway.solo.io/v1', 'VirtualService', name, spec),
  );
  const backends = upstreams.map((name) =>
    document('gloo.solo.io/v1', 'Upstream', name, {
      static: { hosts: [{ addr: `${name}.test`, port: 8080 }] },
    }),
  );
  return [...services, ...backends].map((one) => JSON.stringify(one)).join('\n---\n');
}

function document(apiVersion: string, kind: string, name: string, spec: object): object {
  return { apiVersion, kind, metadata: { name }, spec };
}

interface Signed extends Question {
  readonly texts: readonly (readonly [string, string])[];
}

function sign(question: Question): Signed {
  const now = Math.floor(Date.now() / 1000);
  const tokens = Object.entries(question.request.tokens);
  return {
    ...question,
    texts: tokens.map(([name, token]) => [`{${name}}`, mintToken(token, now)] as const),
  };
}

/** All of them, on a few connections that stay open. */
async function askAll(
  gateway: GoldenGateway,
  questions: readonly Signed[],
  agent: Agent,
): Promise<readonly Answer[]> {
  const [listener] = gateway.listeners;
  const port = gateway.portOf(listener?.name ?? '');
  gateway.takeSeen();
  const responses = await Promise.all(
    questions.map((question, index) => send(question, { port, agent, index })),
  );
  const seen = new Map(
    gateway.takeSeen().map((one) => [one.headers[one.headers.indexOf('x-case') + 1], one] as const),
  );
  await gateway.takeLog(0, 0);
  return responses.map((response, index) => {
    const one = seen.get(String(index));
    const { texts } = questions[index]!;
    const shown = one && {
      cluster: one.cluster,
      method: one.method,
      path: withNames(one.path, texts),
      headers: shownHeaders(one.headers, texts),
    };
    const challenge = response.challenge && withNames(response.challenge, texts);
    const location = response.location && withNames(response.location, texts);
    return { ...response, challenge, location, seen: shown ?? null };
  });
}

/** Of each connection, or made anew by every proxy. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'x-case',
  'x-forwarded-for',
  'x-request-id',
]);

function shownHeaders(flat: readonly string[], texts: Signed['texts']): [string, string][] {
  const lines = flat.flatMap((name, at): [string, string][] =>
    at % 2 === 1 || ownHeaders.has(name)
      ? []
      : [[name, inOneOrder(withNames(flat[at + 1] ?? '', texts))]],
  );
  return joined(lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Envoy writes two lines of Authorization as one, which means the same (RFC 9110 section 5.3). */
function joined(lines: readonly [string, string][]): [string, string][] {
  const values = lines.flatMap(([name, value]) => (name === 'authorization' ? [value] : []));
  const rest = lines.filter(([name]) => name !== 'authorization');
  return values.length === 0 ? rest : [['authorization', values.join(',')], ...rest];
}

/** Envoy writes the members of an object in any order. */
function inOneOrder(value: string): string {
  if (!/^e[A-Za-z0-9+/]+=*$/.test(value)) return value;
  try {
    return JSON.stringify(sorted(JSON.parse(Buffer.from(value, 'base64').toString())));
  } catch {
    return value;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withNames(text: string, texts: Signed['texts']): string {
  let shown = text;
  for (const [name, token] of texts) {
    shown = shown.replaceAll(token, name).replaceAll(token.replaceAll(' ', '%20'), name);
  }
  return shown;
}

interface Way {
  readonly port: number;
  readonly agent: Agent;
  readonly index: number;
}

const patienceMs = 20_000;

function send({ host, request, texts }: Signed, { port, agent, index }: Way): Promise<Answer> {
  const filled = (text: string): string => {
    let whole = text;
    for (const [name, token] of texts) whole = whole.replaceAll(name, token);
    return whole;
  };
  const lines = [['host', host], ['x-case', String(index)], ...request.headers];
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      {
        host: '127.0.0.1',
        port,
        agent,
        method: request.method,
        path: filled(request.target).replaceAll(' ', '%20'),
        headers: lines.flatMap(([name = '', value = '']) => [name, filled(value)]),
        timeout: patienceMs,
      },
      (response) => void answerOf(response).then(resolve, reject),
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer: ${JSON.stringify(request)}`)));
    asked.on('error', reject);
    asked.end();
  });
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode = 0, headers } = response;
  return {
    status: statusCode,
    body: Buffer.concat(chunks).toString(),
    challenge: headers['www-authenticate'] ?? null,
    location: headers.location ?? null,
    seen: null,
  };
}
