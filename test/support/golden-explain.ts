import type { Explanation } from '../../src/ir/explanation.ts';
import type { RawResponse } from './golden-client.ts';

/** What is said of a request and what was done with it: equal when the explanation is true. */
export interface ExplainedComparison {
  readonly said: object;
  readonly done: object;
}

/** Reasons that only a cluster's answer can give. */
const upstreamReasons = ['upstream_auth', 'protocol', 'timeout', 'connect', 'reset', 'overflow'];

/** Compares with the answer and with the line in the access log; a request that could not be parsed has none. */
export function compareExplanation(
  explanation: Explanation,
  response: RawResponse,
  line: string | undefined,
): ExplainedComparison {
  const { virtualHost, route, verdict, provider, policy, clusters, answer } = explanation;
  const log = line === undefined ? {} : (JSON.parse(line) as Record<string, unknown>);
  const names = clusters.map(({ cluster }) => cluster);
  const cluster = typeof log['upstream'] === 'string' ? log['upstream'] : '';
  const isParsed = explanation.steps.some(({ stage }) => stage === 'head');
  const upstreamSaid = upstreamReasons.find((one) => one === log['reason']) ?? '';
  const reason = answer === undefined ? upstreamSaid : isParsed ? answer.reason : '';
  return {
    said: {
      logged: isParsed,
      ...(isParsed && { vhost: virtualHost, route, verdict, provider, policy }),
      cluster: names.length === 0 ? '' : names.includes(cluster) ? cluster : names,
      reason,
      ...(answer && { status: answer.status, body: answer.body }),
    },
    done: {
      logged: line !== undefined,
      ...(isParsed && {
        vhost: log['vhost'],
        route: log['route'],
        verdict: log['verdict'],
        provider: log['provider'],
        policy: log['policy'] ?? '',
      }),
      cluster,
      reason: log['reason'] ?? '',
      ...(answer && { status: response.status, body: response.body }),
    },
  };
}
