import { describe, expect, it, test } from '@jest/globals';
import { Trace } from '../../../src/base/trace.ts';
import type { Exchange } from '../../../src/dataplane/exchange.ts';
import { hidingTargets, unseenReasoning } from '../../../src/dataplane/hidden-reasoning.ts';
import { Upstream } from '../../../src/dataplane/upstream.ts';
import { readModelRequest } from '../../../src/llm/model-request.ts';
import { cluster } from '../../support/gateway.ts';

const exchange = (hide: boolean): Exchange =>
  ({
    route: { route: { llm: hide ? { reasoning: { hide } } : {} } },
    identities: [],
    trace: new Trace({ showValues: false }),
  }) as unknown as Exchange;

function server(authority: string) {
  const llm = { provider: 'openai', credential: { kind: 'none' }, authority } as const;
  return { upstream: new Upstream(cluster(80, { llm }), { secrets: {}, localAddresses: 'on' }) };
}

function request(body: object) {
  const read = readModelRequest('chat', Buffer.from(JSON.stringify(body)));
  if ('message' in read) throw new Error(read.message);
  return read;
}

const own = server('vllm.test');
const deepseek = server('api.deepseek.com');
const revealing = request({ chat_template: 'x' });

describe('hidingTargets', () => {
  test('are all for who may see reasoning', () => {
    expect(hidingTargets(exchange(false), revealing, [own, deepseek])).toEqual([own, deepseek]);
  });

  test('are all for a request that shows nothing', () => {
    expect(hidingTargets(exchange(true), request({ model: 'm' }), [own])).toEqual([own]);
    expect(hidingTargets(exchange(true), revealing, [])).toEqual([]);
  });

  test('are those that do not do what would show it', () => {
    expect(hidingTargets(exchange(true), revealing, [own, deepseek])).toEqual([deepseek]);
  });

  test('are none: the client hears by what it would see reasoning', () => {
    const refusal = hidingTargets(exchange(true), revealing, [own]);
    expect(refusal).toMatchObject({ status: 403, reason: 'reasoning' });
    expect(JSON.stringify(refusal)).toContain('chat_template');
  });
});

describe('unseenReasoning', () => {
  it.each([
    [true, 'other', 403],
    [true, 'models', undefined],
    [false, 'other', undefined],
  ] as const)('hidden: %s, %s', (hide, endpoint, status) => {
    expect(unseenReasoning(exchange(hide), endpoint)?.status).toBe(status);
  });
});
