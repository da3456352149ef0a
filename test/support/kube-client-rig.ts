import type { ServerHttp2Stream } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import type { KubeAccess } from '../../src/kube/kube-access.ts';
import { KubeApiError } from '../../src/kube/kube-api-error.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/kube-client.ts';
import { startKubeApiServer, type Answering, type KubeApiServer } from './kube-api-server.ts';

const ends: (() => Promise<void>)[] = [];

/** Ends what a test has started; to be called after each. */
export async function stopKubeClients(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end();
}

/** A client and the server that it talks to. */
export interface KubeClientRig {
  readonly api: KubeApiServer;
  readonly client: KubeClient;
  /** How often credentials were read anew. */
  readonly renewals: () => number;
  /** Other credentials from now on. */
  readonly use: (access: Partial<KubeAccess>) => void;
}

/** Starts both. */
export async function startKubeClient(
  answer: Answering,
  options: {
    readonly clock?: Clock;
    readonly maxConcurrentStreams?: number;
    readonly prefix?: string;
  } = {},
): Promise<KubeClientRig> {
  const { clock = systemClock, maxConcurrentStreams, prefix = '' } = options;
  const settings = maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams };
  const api = await startKubeApiServer(answer, { settings });
  let { access } = api;
  let renewals = 0;
  const client = createKubeClient({
    credentials: {
      facts: { server: `${api.url}${prefix}`, namespace: undefined },
      access: async () => access,
      renewed: async () => {
        renewals += 1;
        access = { ...access, headers: { authorization: `Bearer renewed ${renewals}` } };
        return access;
      },
    },
    clock,
    userAgent: 'seekgate/test',
  });
  ends.push(api.stop, client.close);
  const use = (other: Partial<KubeAccess>) => void (access = { ...access, ...other });
  return { api, client, renewals: () => renewals, use };
}

export const get = (path: string) => ({ method: 'GET', path }) as const;

/** The error that a call ends with, which has to be one of the API. */
export async function apiErrorOf(promise: Promise<unknown>): Promise<KubeApiError> {
  const outcome: unknown = await promise.catch((thrown: unknown) => thrown);
  if (outcome instanceof KubeApiError) return outcome;
  throw new Error('no KubeApiError', { cause: outcome });
}

/** Reads a watch to its end. */
export async function linesOf(watch: AsyncIterable<unknown>): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of watch) lines.push(line);
  return lines;
}

/** Accepts a watch. */
export const open = (stream: ServerHttp2Stream) => stream.respond({ ':status': 200 });

export async function until(met: () => boolean): Promise<void> {
  while (!met()) await delay(2);
}
