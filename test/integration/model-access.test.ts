import { Agent, request as send } from 'node:http';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startBillingServer, type BillingServer } from '../support/billing-server.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import {
  billedByDeepseek,
  callers,
  endpoints,
  mayUse,
  ways,
  type Way,
} from '../support/model-matrix.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestKey, signToken } from '../support/token-factory.ts';

const key = createTestKey('ES256');
const issuer = 'https://issuer.test';
const aliases: Readonly<Record<string, string>> = {
  fast: 'deepseek-chat',
  best: 'deepseek-v4-pro',
};

const upstream = (name: string, ai: object): string =>
  manifest('gloo.solo.io/v1', 'Upstream', name, { ai });

function manifest(apiVersion: string, kind: string, name: string, spec: object): string {
  return `${JSON.stringify({ apiVersion, kind, metadata: { name }, spec })}\n---\n`;
}

const models = { allowedClaim: 'llms.deepseek', aliases, default: 'fast' };
const single = (prefix: string, name: string, more: object = { ai: { models } }) => ({
  matchers: [{ prefix: `/${prefix}/` }],
  options: { prefixRewrite: '/', ...more },
  routeAction: { single: { upstream: { name } } },
});
/** A policy for everybody whose claim has the model: what the claim lists, said by policies. */
const policyFor = (model: string) => {
  const claims = { 'llms.deepseek': model };
  const principals = [{ jwtPrincipal: { claims, matcher: 'LIST_CONTAINS' } }];
  return { principals, permissions: { models: [model] }, nestedClaimDelimiter: '.' };
};
const policies = { flash: policyFor('deepseek-flash'), pro: policyFor('deepseek-v4-pro') };

describe('which caller may use which model', () => {
  const folder = createTempFolder();
  const agent = new Agent({ keepAlive: true });
  let cloud: BillingServer;
  let busy: BillingServer;
  let own: BillingServer;
  let gateway: GatewayProcess;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    cloud = await startBillingServer({ status: 200, billed: billedByDeepseek });
    busy = await startBillingServer({ status: 429, billed: billedByDeepseek });
    own = await startBillingServer({ status: 200, billed: (_path, name) => name });
    const at = ({ port }: BillingServer, more: object = {}) => ({
      customHost: { host: '127.0.0.1', port },
      ...more,
    });
    const vendor = { engine: 'DEEPSEEK' };
    const first = { pool: [{ deepseek: at(busy, vendor) }] };
    const second = { pool: [{ openai: at(own, { model: 'deepseek-r1' }) }] };
    const jwt = { providers: { kc: { issuer, jwks: { local: { key: key.spki } } } } };
    await folder.write(
      'all.yaml',
      upstream('cloud', { deepseek: at(cloud, vendor) }) +
        upstream('fixed', { deepseek: at(cloud, { ...vendor, model: 'deepseek-v4-pro' }) }) +
        upstream('own', { openai: at(own) }) +
        upstream('several', { multi: { priorities: [first, second] } }) +
        manifest('gateway.solo.io/v1', 'VirtualService', 'api', {
          virtualHost: {
            options: { jwt },
            routes: [
              single('cloud', 'cloud'),
              single('fixed', 'fixed'),
              single('own', 'own'),
              single('several', 'several'),
              single('policies', 'cloud', { rbac: { policies } }),
            ],
          },
        }),
    );
    gateway = await startGatewayProcess(folder.path);
    const now = Math.floor(Date.now() / 1000);
    for (const [name, claim] of Object.entries(callers)) {
      const payload = { iss: issuer, sub: name, exp: now + 3600, llms: { deepseek: claim } };
      tokens.set(name, signToken(key, payload));
    }
  });

  afterAll(async () => {
    agent.destroy();
    await gateway?.stop();
    for (const server of [cloud, busy, own]) await server?.close();
    folder[Symbol.dispose]();
  });

  const ask = (path: string, caller: string, body?: string | Buffer) =>
    new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${tokens.get(caller)}` };
      const method = body === undefined ? 'GET' : 'POST';
      const outgoing = send(`${gateway.url}${path}`, { method, headers, agent }, (response) => {
        let text = '';
        response.on('data', (piece: Buffer) => (text += piece.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const servers = () => [cloud, busy, own];
  const bytes = (): number => servers().reduce((sum, server) => sum + server.bytes(), 0);
  const takeBills = () => servers().flatMap((server) => server.takeBills());

  /** What the servers of a route would bill, the first first. */
  function billsOf(routeName: string, path: string, asked: string | null): readonly string[] {
    const knowsNames = routeName !== 'policies';
    const given = asked ?? (knowsNames ? 'fast' : null);
    if (given === null) return [];
    const name = knowsNames && Object.hasOwn(aliases, given) ? (aliases[given] ?? given) : given;
    if (routeName === 'fixed') return ['deepseek-v4-pro'];
    if (routeName === 'own') return [name];
    const billed = billedByDeepseek(path, name);
    return routeName === 'several' ? [billed, 'deepseek-r1'] : [billed];
  }

  function granted(routeName: string, caller: string): readonly string[] | 'nobody' {
    const claim = callers[caller];
    if (routeName !== 'policies') return mayUse(claim);
    // Policies compare lists, and one that does not match allows nothing at all.
    const names = Array.isArray(claim) ? mayUse(claim) : [];
    const known = names.filter((name) => ['deepseek-flash', 'deepseek-v4-pro'].includes(name));
    return known.length === 0 ? 'nobody' : known;
  }

  function expected(routeName: string, caller: string, { path, way }: { path: string; way: Way }) {
    const grant = granted(routeName, caller);
    if (grant === 'nobody') return { status: 403, bills: [] };
    if (way.asks === undefined) return { status: 400, bills: [] };
    const all = billsOf(routeName, path, way.asks);
    if (all.length === 0) return { status: 400, bills: [] };
    const bills = all.filter((model) => grant.includes(model));
    if (bills.length === 0 || way.several === true) return { status: 403, bills: [] };
    // The first of several is always busy.
    const isBusy = routeName === 'several' && bills.length === 1 && bills[0] === all[0];
    return { status: isBusy ? 429 : 200, bills };
  }

  test.each(['cloud', 'fixed', 'own', 'several', 'policies'])(
    'route %s: every caller, endpoint and way to name a model',
    async (routeName) => {
      const cases = Object.keys(callers).flatMap((caller) =>
        endpoints.flatMap((path) => ways.map((way) => ({ caller, path, way }))),
      );
      const wrong: unknown[] = [];
      for (const one of cases) {
        const { caller, path, way } = one;
        const { status: wanted, bills } = expected(routeName, caller, one);
        const before = bytes();
        const { status } = await ask(`/${routeName}${path}`, caller, way.body);
        const sent = bytes() - before;
        const billed = takeBills().map(({ model }) => model);
        // Of several servers a busy one is passed over after a while.
        const isFit = billed.every((model) => bills.includes(model));
        const isSent = bills.length > 0 ? billed.length > 0 : sent === 0;
        if (status === wanted && isFit && isSent) continue;
        wrong.push({ caller, path, way: way.name, wanted, bills, status, billed, sent });
      }
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(wrong).toHaveLength(0);
    },
    120_000,
  );

  test.each(['cloud', 'own', 'several'])('route %s lists what can be called', async (routeName) => {
    const names = ways.flatMap(({ asks }) => (typeof asks === 'string' ? [asks] : []));
    for (const caller of Object.keys(callers)) {
      const before = bytes();
      const { status, text } = await ask(`/${routeName}/v1/models`, caller);
      expect([status, bytes() - before]).toEqual([200, 0]);
      const { data } = JSON.parse(text) as { data: readonly { readonly id: string }[] };
      const listed = data.map(({ id }) => id);
      for (const name of listed) {
        const body = JSON.stringify({ model: name });
        const answer = await ask(`/${routeName}/v1/chat/completions`, caller, body);
        expect([caller, name, answer.status]).not.toEqual([caller, name, 403]);
      }
      // And the other way round: what is billed under its own name, or an alias of it.
      const grant = mayUse(callers[caller]);
      const callable = [...new Set(names)].filter((name) => {
        const bills = billsOf(routeName, '/v1/chat/completions', name).filter((one) =>
          grant.includes(one),
        );
        return bills.length > 0 && (bills.includes(name) || Object.hasOwn(aliases, name));
      });
      expect({ caller, listed: listed.toSorted() }).toEqual({
        caller,
        listed: callable.toSorted(),
      });
    }
    takeBills();
  });

  test.each([
    ['GET', '/user/balance'],
    ['GET', '/v1/chat/completions'],
    ['POST', '/v1/chat/completions/'],
    ['POST', '/v1/chat%2Fcompletions'],
    ['POST', '/V1/chat/completions'],
    ['POST', '/openai/deployments/deepseek-v4-pro/chat/completions'],
    ['POST', '/v1/messages/count_tokens'],
    ['POST', '/generate'],
    ['POST', '/metrics'],
  ])('%s %s is refused: no model can be seen in it', async (method, path) => {
    const before = bytes();
    const body = method === 'GET' ? undefined : '{"model":"deepseek-flash"}';
    const { status } = await ask(`/cloud${path}`, 'flash', body);
    expect([status, bytes() - before]).toEqual([403, 0]);
  });

  test.each(['at the beginning', 'at the end'])(
    'a body of 9 MiB is authorized whole, with its model %s',
    async (where) => {
      const pad = `"messages":[{"role":"user","content":"${'a\\n'.repeat(3 * 1024 * 1024)}"}]`;
      const bodyOf = (model: string): string =>
        where === 'at the end' ? `{${pad},"model":"${model}"}` : `{"model":"${model}",${pad}}`;
      const before = bytes();
      const path = '/cloud/v1/chat/completions';
      expect((await ask(path, 'flash', bodyOf('deepseek-v4-pro'))).status).toBe(403);
      const twice = `${bodyOf('deepseek-flash').slice(0, -1)},"model":"deepseek-v4-pro"}`;
      expect((await ask(path, 'flash', twice)).status).toBe(400);
      expect(bytes() - before).toBe(0);
      expect((await ask(path, 'flash', bodyOf('deepseek-flash'))).status).toBe(200);
      expect(bytes() - before).toBeGreaterThan(9 * 1024 * 1024);
    },
    60_000,
  );
});
