import type { KubeCall } from './kube-call.ts';

/** What happens to matching requests in place of an answer of the API. */
export type KubeFault =
  { readonly status: number; readonly retryAfterSeconds?: number } | { readonly delayMs: number };

/** The faults of a proxy that hold now. */
export interface KubeFaults {
  /** From now on, for requests that match; disposing it ends it. */
  readonly add: (fault: KubeFault, matches?: (call: KubeCall) => boolean) => Disposable;
  /** The fault that a request meets: of several, the newest. */
  readonly of: (call: KubeCall) => KubeFault | undefined;
}

export function createKubeFaults(): KubeFaults {
  const rules: { fault: KubeFault; matches: (call: KubeCall) => boolean }[] = [];
  return {
    add: (fault, matches = () => true) => {
      const rule = { fault, matches };
      rules.push(rule);
      return { [Symbol.dispose]: () => void rules.splice(rules.indexOf(rule), 1) };
    },
    of: (call) => rules.findLast(({ matches }) => matches(call))?.fault,
  };
}

/** The body of a refusal, as kube-apiserver writes it. */
export function statusBody(code: number): string {
  const reasons: Readonly<Record<number, string>> = { 403: 'Forbidden', 429: 'TooManyRequests' };
  const reason = reasons[code] ?? 'ServiceUnavailable';
  const message = `refused by the proxy of the test: ${reason}`;
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
}
