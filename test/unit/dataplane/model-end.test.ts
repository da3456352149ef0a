import { describe, expect, test } from '@jest/globals';

import { createModelMeter } from '../../../src/dataplane/model-meter.ts';
import { modelEnd, type CallEnd, type EndedCall } from '../../../src/dataplane/model-end.ts';
import type { ModelNotes } from '../../../src/dataplane/model-notes.ts';
import { prepareProgram } from '../../../src/dataplane/program.ts';
import type { UsageRules } from '../../../src/ir/llm.ts';
import type { PricedAnswer } from '../../../src/llm/pricing.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { cluster, route, table, virtualHost } from '../../support/gateway.ts';
import { modelNotes } from '../../support/model-end.ts';

const key = 'sk-canary0123456789';
const fine: CallEnd = { status: 200, aborted: false, durationMs: 2500, startedAtMs: 1000 };

interface Setting {
  readonly notes?: Partial<ModelNotes>;
  readonly rules?: UsageRules;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly body?: Buffer;
  readonly reason?: 'timeout';
  readonly asked?: PricedAnswer[];
}

function call(setting: Setting = {}): EndedCall {
  const { rules, claims, asked, notes } = setting;
  const llm = {
    provider: 'deepseek',
    credential: { kind: 'secret', secret: 'key' },
    authority: 'api.deepseek.com',
  } as const;
  const routing = table(virtualHost({ routes: [route(rules ? { llm: { usage: rules } } : {})] }), [
    cluster(1, { llm }),
  ]);
  const exchange = exchangeFor(routing, { headers: ['Content-Length', '401'] });
  const parts = { localAddresses: 'on', prepareStage: () => ({ authenticate: never }) } as const;
  Object.assign(exchange, {
    program: prepareProgram(routing, { key }, parts),
    route: exchange.listener.served[0]?.routes[0],
    contentLength: 401,
    reason: setting.reason ?? '',
    identities: claims === undefined ? [] : [{ provider: 'kc', claims, headers: [] }],
  });
  const pricing = (answer: PricedAnswer): number => {
    asked?.push(answer);
    return 7;
  };
  return {
    exchange,
    model: modelNotes(notes),
    cluster: 'up',
    body: setting.body,
    startedMs: 50_000,
    context: { models: createModelMeter(pricing) },
  };
}

function never(): never {
  throw new Error('nobody is asked for a token');
}

test('a request for no model has no such end', () => {
  expect(modelEnd({ ...call(), model: undefined }, fine)).toBeUndefined();
});

test('tells of a whole answer what its server told, with its price', () => {
  const asked: PricedAnswer[] = [];
  const end = modelEnd(call({ asked }), fine);
  expect(end).toEqual({
    ...modelNotes(),
    operation: 'chat',
    host: 'api.deepseek.com',
    usageSource: 'told',
    nanoUsd: 7,
    claim: undefined,
    errorType: '',
    durationMs: 2500,
    firstTokenMs: 500,
  });
  expect(asked).toEqual([
    {
      host: 'api.deepseek.com',
      model: 'deepseek-flash',
      usage: modelNotes().usage,
      startMs: 50_000,
      endMs: 52_500,
    },
  ]);
});

test('the server of the last try is that of the notes, where they say it', () => {
  expect(modelEnd(call({ notes: { host: 'r1:8000' } }), fine)?.host).toBe('r1:8000');
});

test('without a first token there is no instant of it', () => {
  expect(modelEnd(call({ notes: { firstTokenAtMs: 0 } }), fine)?.firstTokenMs).toBeUndefined();
});

const none = { usage: undefined };
const broken = { ...fine, aborted: true };

describe('tokens', () => {
  test.each<[name: string, setting: Setting, end: CallEnd, source: string, tokens: unknown]>([
    [
      'of a stream that broke off are the pieces that came, and the prompt by its bytes',
      { notes: { ...none, pieces: 12 }, body: Buffer.alloc(801) },
      broken,
      'estimated',
      { inputTokens: 201, outputTokens: 12 },
    ],
    [
      'of a prompt that was not read as a whole go by its declared length',
      { notes: { ...none, pieces: 12 } },
      broken,
      'estimated',
      { inputTokens: 101, outputTokens: 12 },
    ],
    [
      'that were told in the middle of a stream are at least the pieces',
      { notes: { usage: { inputTokens: 9, outputTokens: 1 }, pieces: 12 } },
      broken,
      'estimated',
      { inputTokens: 9, outputTokens: 12 },
    ],
    [
      'that were told at its end are all there are',
      { notes: { usage: { inputTokens: 9, outputTokens: 1 }, pieces: 12 } },
      fine,
      'told',
      { inputTokens: 9, outputTokens: 1 },
    ],
    ['of an answer that says nothing are unknown', { notes: none }, fine, 'unknown', undefined],
    ['of an error are none', { notes: none }, { ...fine, status: 429 }, 'none', undefined],
    [
      'of a request that reached no server are none',
      { notes: { ...none, tries: 0 } },
      { ...fine, status: 403 },
      'none',
      undefined,
    ],
  ])('%s', (_name, setting, end, source, tokens) => {
    const found = modelEnd(call(setting), end);
    expect(found?.usageSource).toBe(source);
    expect(found?.usage).toEqual(tokens);
    expect(found?.nanoUsd).toBe(tokens === undefined ? undefined : 7);
  });
});

describe('the kind of an error', () => {
  test.each<[name: string, setting: Setting, end: CallEnd, errorType: string]>([
    ['none', {}, fine, ''],
    ['why the gateway refused it', { reason: 'timeout' }, { ...fine, status: 504 }, 'timeout'],
    ['the status of the server', {}, { ...fine, status: 429 }, '429'],
    [
      'an answer that is a failure',
      { notes: { finishReason: 'insufficient_system_resource' } },
      fine,
      'insufficient_system_resource',
    ],
    ['a client that left', {}, broken, 'client_closed'],
    ['a client that left before an answer', {}, { ...broken, status: 0 }, 'client_closed'],
  ])('%s', (_name, setting, end, errorType) => {
    expect(modelEnd(call(setting), end)?.errorType).toBe(errorType);
  });
});

describe('the claim that is counted by', () => {
  const rules = { claim: ['org', 'team'], maxValues: 3 };
  test.each<[name: string, claims: Readonly<Record<string, unknown>> | undefined, value: string]>([
    ['a text', { org: { team: 'red' } }, 'red'],
    ['a number', { org: { team: 7 } }, '7'],
    ['a boolean', { org: { team: false } }, 'false'],
    ['a list of one', { org: { team: ['red'] } }, 'red'],
    ['a list of two', { org: { team: ['red', 'blue'] } }, ''],
    ['an object', { org: { team: { red: true } } }, ''],
    ['nothing', { org: 'red' }, ''],
    ['no token', undefined, ''],
  ])('%s', (_name, claims, value) => {
    const end = modelEnd(call({ rules, ...(claims && { claims }) }), fine);
    expect(end?.claim).toEqual({ name: 'org.team', value, maxValues: 3 });
  });
});

test('texts from outside are short, and hold no key', () => {
  const long = 'x'.repeat(500);
  const end = modelEnd(
    call({
      notes: {
        requestModel: long,
        billedModel: long,
        responseModel: `echo ${key}`,
        finishReason: key,
      },
      rules: { claim: ['sub'], maxValues: 1 },
      claims: { sub: long },
    }),
    fine,
  );
  expect(end?.requestModel).toBe(`${'x'.repeat(128)}…`);
  expect(end?.claim?.value).toBe(`${'x'.repeat(128)}…`);
  expect(JSON.stringify(end)).not.toContain('canary');
});
