import type { Attributes } from '@opentelemetry/api';
import type { ModelEnd } from '../dataplane/model-end.ts';
import type { TracedEnd } from '../dataplane/tracing.ts';

/** Of a request as it came; as in the access log without query, headers and claims. */
export function serverAttributes({ exchange, status }: TracedEnd, method: string): Attributes {
  const { virtualHost, route, reason, verdict, connection, path } = exchange;
  return present({
    'http.request.method': method,
    'url.path': path,
    'url.scheme': connection.scheme,
    'http.response.status_code': status === 0 ? undefined : status,
    'error.type': errorType(reason, status, 500),
    'seekgate.virtual_host': virtualHost?.virtualHost.name,
    'seekgate.route': route?.route.name,
    'seekgate.verdict': verdict,
  });
}

/** Of what was asked of the upstream: for a model by the conventions for generative models. */
export function clientAttributes(ended: TracedEnd, method: string): Attributes {
  const { exchange, status, cluster, model } = ended;
  return present({
    'http.request.method': method,
    'http.response.status_code': status === 0 ? undefined : status,
    'error.type': model?.errorType ?? errorType(exchange.reason, status, 400),
    'seekgate.upstream': cluster,
    ...(model && modelAttributes(model)),
  });
}

const nanoPerDollar = 1e9;

function modelAttributes(model: ModelEnd): Attributes {
  const { usage, claim, nanoUsd, firstTokenMs, finishReason, host } = model;
  const [address, port] = hostParts(host);
  return {
    'gen_ai.operation.name': model.operation,
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.billedModel,
    'gen_ai.request.stream': model.stream,
    'gen_ai.response.model': model.responseModel,
    'gen_ai.response.finish_reasons': finishReason === '' ? undefined : [finishReason],
    'gen_ai.response.time_to_first_chunk':
      firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    'gen_ai.usage.input_tokens': usage?.inputTokens,
    'gen_ai.usage.output_tokens': usage?.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.cacheHitTokens,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoningTokens,
    'server.address': address,
    'server.port': port,
    'seekgate.model.requested': model.requestModel,
    'seekgate.model.tries': model.tries,
    'seekgate.model.usage': model.usageSource,
    'seekgate.model.cost_usd': nanoUsd === undefined ? undefined : nanoUsd / nanoPerDollar,
    'seekgate.claim': claim?.name,
    'seekgate.claim_value': claim?.value,
  };
}

function hostParts(host: string): readonly [address: string, port: number | undefined] {
  const found = /^(.*):(\d+)$/.exec(host);
  return found === null ? [host, undefined] : [found[1] ?? '', Number(found[2])];
}

function errorType(reason: string, status: number, from: number): string {
  if (reason !== '') return reason;
  return status >= from ? String(status) : '';
}

function present(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== ''),
  );
}
