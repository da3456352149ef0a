import { KubeApiError } from '../../src/kube/kube-api-error.ts';
import type { KubeClient, KubeRequest } from '../../src/kube/kube-client.ts';
import type { FakeClock } from './fake-clock.ts';

/** A watch that a test plays the server of. */
interface ScriptedWatch {
  readonly query: Readonly<Record<string, string>>;
  /** The server accepts it, which it also does by its first line. */
  readonly open: () => void;
  readonly send: (...lines: readonly unknown[]) => void;
  readonly end: () => void;
  readonly fail: (status: number, retryAfterMs?: number) => void;
  /** Whether the client has gone away. */
  readonly left: () => boolean;
}

/** A client without a server: lists are answered from a script, watches are played by hand. */
export interface ScriptedKubeClient extends KubeClient {
  /** Each request with the time it was made at. */
  readonly log: readonly { readonly at: number; readonly query: Record<string, string> }[];
  /** What the next lists come to, in order; a number is a status, 0 a broken connection. The last one stays. */
  readonly answer: (...answers: readonly ScriptedAnswer[]) => void;
  /** The same for the opening of watches: `undefined` opens. */
  readonly refuse: (...answers: readonly (ScriptedFailure | undefined)[]) => void;
  readonly watches: readonly ScriptedWatch[];
  /** A request of somebody else has gone well. */
  readonly recover: () => void;
}

type ScriptedFailure =
  number | KubeApiError | { readonly status: number; readonly retryAfterMs: number };
export type ScriptedAnswer = ScriptedFailure | Readonly<Record<string, unknown>>;

export function createScriptedKubeClient(clock: FakeClock): ScriptedKubeClient {
  let answers: readonly ScriptedAnswer[] = [listOf('1')];
  let refusals: readonly (ScriptedFailure | undefined)[] = [undefined];
  const recoveries = new Set<() => void>();
  const log: { at: number; query: Record<string, string> }[] = [];
  const watches: ScriptedWatch[] = [];
  const note = ({ query = {} }: KubeRequest) =>
    void log.push({ at: clock.monotonic(), query: { ...query } });
  return {
    log,
    watches,
    answer: (...next) => void (answers = next),
    refuse: (...next) => void (refusals = next),
    request: async <T>(request: KubeRequest) => {
      note(request);
      const [answer = 500] = answers;
      if (answers.length > 1) answers = answers.slice(1);
      const failed = failureOf(answer);
      if (failed) throw failed;
      return answer as T;
    },
    watch: (request) => {
      note(request);
      const [refusal] = refusals;
      if (refusals.length > 1) refusals = refusals.slice(1);
      const failed = refusal === undefined ? undefined : failureOf(refusal);
      const { watch, lines } = played(request, failed);
      watches.push(watch);
      return lines;
    },
    recover: () => {
      for (const listener of recoveries) listener();
    },
    onRecovered: (listener) => {
      recoveries.add(listener);
      return () => void recoveries.delete(listener);
    },
    close: async () => undefined,
    stats: () => ({ requests: log.length, connectionsOpened: 1, connections: 1 }),
  };
}

/** A page of a list. */
export function listOf(
  resourceVersion: string,
  items: readonly unknown[] = [],
  more?: string,
): Readonly<Record<string, unknown>> {
  const metadata = { resourceVersion, ...(more === undefined ? {} : { continue: more }) };
  return { apiVersion: 'v1', kind: 'SecretList', metadata, items };
}

function failureOf(answer: ScriptedAnswer): KubeApiError | undefined {
  if (answer instanceof KubeApiError) return answer;
  if (typeof answer === 'number') return new KubeApiError(answer, `answered ${answer}`);
  if (typeof answer.status !== 'number') return undefined;
  const { status, retryAfterMs } = answer as { status: number; retryAfterMs: number };
  return new KubeApiError(status, `answered ${status}`, { retryAfterMs });
}

function played(
  request: KubeRequest,
  refusal: KubeApiError | undefined,
): { readonly watch: ScriptedWatch; readonly lines: AsyncIterable<unknown> } {
  const queue: (() => unknown)[] = [];
  let wake = (): void => undefined;
  const state = { left: false, ended: false };
  const push = (...steps: readonly (() => unknown)[]) => {
    queue.push(...steps);
    wake();
  };
  request.signal?.addEventListener('abort', () =>
    push(() => {
      throw new KubeApiError(0, 'given up');
    }),
  );
  async function* lines(): AsyncGenerator<unknown, void> {
    try {
      if (refusal) throw refusal;
      while (!state.ended || queue.length > 0) {
        const step = queue.shift();
        if (step) yield step();
        else await new Promise<void>((resolve) => void (wake = resolve));
      }
    } finally {
      state.left = true;
    }
  }
  const watch: ScriptedWatch = {
    query: request.query ?? {},
    open: () => request.opened?.(),
    send: (...sent) => {
      request.opened?.();
      push(...sent.map((line) => () => line));
    },
    end: () => {
      state.ended = true;
      wake();
    },
    fail: (status, retryAfterMs) =>
      push(() => {
        throw new KubeApiError(status, `failed ${status}`, { retryAfterMs });
      }),
    left: () => state.left,
  };
  return { watch, lines: lines() };
}
