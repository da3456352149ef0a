import { describe, expect, test } from '@jest/globals';
import { SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';

import type { ModelEnd } from '../../../src/dataplane/model-end.ts';
import type { TracedEnd } from '../../../src/dataplane/tracing.ts';
import { createRequestTracing } from '../../../src/telemetry/request-tracing.ts';
import { exchangeFor } from '../../support/exchange.ts';
import { table, virtualHost } from '../../support/gateway.ts';
import { ended } from '../../support/model-end.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpan = 'b7ad6b7169203331';
const parent = `00-${traceId}-${clientSpan}-01`;

interface Story {
  readonly rawHeaders?: readonly string[];
  readonly method?: string;
  readonly tries?: number;
  readonly end?: Partial<TracedEnd>;
  readonly model?: Partial<ModelEnd>;
}

function trace(story: Story, sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() })) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor({ exporter })];
  const provider = new TracerProvider({ sampler, spanProcessors });
  const tracing = createRequestTracing(provider.getTracer('test'));
  const { rawHeaders = ['Traceparent', parent], method = 'POST', tries = 1, model } = story;
  const span = tracing.begin({ rawHeaders, method, startedMs: 5000 });
  const sent = Array.from({ length: tries }, () => {
    const lines = ['host', 'a', 'traceparent', 'client', 'tracestate', 'old=1', 'x', 'y'];
    span.continueIn(lines, 5010);
    return lines;
  });
  const exchange = exchangeFor(table(virtualHost()), { target: '/v1/chat?secret=canary' });
  exchange.path = '/v1/chat';
  exchange.virtualHost = exchange.listener.served[0];
  exchange.route = exchange.virtualHost?.routes[0];
  span.end({
    exchange,
    cluster: 'up',
    model: model && ended(model),
    status: 200,
    aborted: false,
    durationMs: 250,
    ...story.end,
  });
  return { spans: exporter.getFinishedSpans(), sent };
}

const named = (spans: readonly ReadableSpan[], kind: SpanKind): ReadableSpan => {
  const found = spans.find((span) => span.kind === kind);
  if (found === undefined) throw new Error('no such span');
  return found;
};
const server = SpanKind.SERVER;
const client = SpanKind.CLIENT;

describe('a request', () => {
  test('goes on with the trace of the client, and the upstream with ours', () => {
    const { spans, sent } = trace({ rawHeaders: ['TraceParent', parent, 'tracestate', 'v=1'] });
    const [outer, inner] = [named(spans, server), named(spans, client)];
    expect(outer.parentSpanContext).toMatchObject({ traceId, spanId: clientSpan, isRemote: true });
    expect(inner.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
    expect(sent).toEqual([
      [
        'host',
        'a',
        'x',
        'y',
        'traceparent',
        `00-${traceId}-${inner.spanContext().spanId}-01`,
        'tracestate',
        'v=1',
      ],
    ]);
  });

  test('that is sent several times is one span, and each try continues it', () => {
    const { spans, sent } = trace({ tries: 3 });
    expect(spans).toHaveLength(2);
    expect(new Set(sent.map((lines) => lines.join())).size).toBe(1);
  });

  test.each([
    ['no trace', []],
    ['one that is none', ['traceparent', 'canary']],
    ['two', ['traceparent', parent, 'traceparent', parent]],
    ['one of a version that is ruled out', ['traceparent', parent.replace('00-', 'ff-')]],
  ])('with %s begins its own', (_name, rawHeaders) => {
    const { spans, sent } = trace({ rawHeaders }, new ParentBasedSampler({ root: allOn }));
    const outer = named(spans, server);
    expect(outer.parentSpanContext).toBeUndefined();
    expect(outer.spanContext().traceId).not.toBe(traceId);
    expect(sent[0]?.at(-1)).toContain(outer.spanContext().traceId);
  });

  test('that the client does not sample is not told of, and the upstream hears so', () => {
    const { spans, sent } = trace({ rawHeaders: ['traceparent', parent.replace(/01$/, '00')] });
    expect(spans).toEqual([]);
    expect(sent[0]?.at(-1)).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });

  test('that reaches no upstream has one span', () => {
    expect(trace({ tries: 0 }).spans.map(({ name }) => name)).toEqual(['POST route']);
  });

  test('has times of the clock of the gateway', () => {
    const { spans } = trace({});
    expect(named(spans, server)).toMatchObject({
      startTime: [5, 0],
      endTime: [5, 250_000_000],
    });
    expect(named(spans, client).startTime).toEqual([5, 10_000_000]);
  });

  test('is told of without query, headers and claims', () => {
    const { spans } = trace({ method: 'canary' });
    expect(named(spans, server)).toMatchObject({
      name: '_OTHER route',
      attributes: {
        'http.request.method': '_OTHER',
        'url.path': '/v1/chat',
        'url.scheme': 'http',
        'http.response.status_code': 200,
        'seekgate.virtual_host': 'ns.host',
        'seekgate.route': 'route',
        'seekgate.verdict': 'none',
      },
    });
    const told = spans.map(({ name, attributes, events }) => ({ name, attributes, events }));
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});

const allOn = { shouldSample: () => ({ decision: 2 }), toString: () => 'on' };

describe('a fault', () => {
  test.each<[name: string, story: Story, outer: number, inner: number]>([
    ['is none in a good answer', {}, 0, 0],
    ['is that of the caller below 500', { end: { status: 404 } }, 0, 2],
    ['is ours from 500 on', { end: { status: 502 } }, 2, 2],
    ['is an answer that breaks off', { end: { aborted: true } }, 2, 2],
    ['may be in an answer of a model', { model: { errorType: 'insufficient' } }, 0, 2],
  ])('%s', (_name, story, outer, inner) => {
    const { spans } = trace(story);
    expect(named(spans, server).status.code).toBe(outer);
    expect(named(spans, client).status.code).toBe(inner);
  });
});

describe('a request for a model', () => {
  test('has the attributes of the conventions', () => {
    const { spans } = trace({
      model: { host: 'r1:8000', claim: { name: 'team', value: 'red', maxValues: 1 } },
    });
    expect(named(spans, client)).toMatchObject({
      name: 'chat deepseek-flash',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'deepseek',
        'gen_ai.request.model': 'deepseek-flash',
        'gen_ai.request.stream': true,
        'gen_ai.response.model': 'deepseek-flash',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': 0.5,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 41,
        'gen_ai.usage.cache_read.input_tokens': 60,
        'gen_ai.usage.reasoning.output_tokens': 30,
        'server.address': 'r1',
        'server.port': 8000,
        'seekgate.upstream': 'up',
        'seekgate.model.requested': 'fast',
        'seekgate.model.tries': 1,
        'seekgate.model.usage': 'told',
        'seekgate.model.cost_usd': 0.000_031,
        'seekgate.claim': 'team',
        'seekgate.claim_value': 'red',
      },
    });
  });

  test('that is no operation has the name of its method', () => {
    const { spans } = trace({ model: { operation: '', endpoint: 'models' } });
    expect(named(spans, client).name).toBe('POST');
  });
});
