import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createControllerAccount } from './controller-account.ts';
import { startController, type ControllerProcess } from './controller-process.ts';
import { startKubeProxy, type KubeProxy, type KubeProxyRequest } from './kube-proxy.ts';
import { createKubeRequests, type KubeRequests } from './kube-request.ts';
import { startKube, type KubeApi } from './kube.ts';
import { untilAnswer } from './lab-client.ts';
import { createLabNamespace, createLabService, patchLabService } from './lab-services.ts';
import { createSecuredService, type SecuredService } from './secured-service.ts';
import { startTraffic, type SteadyTraffic } from './steady-traffic.ts';

/** A gateway with a proxy of its own between it and the API. */
export interface LabInstance {
  readonly gateway: () => ControllerProcess;
  readonly proxy: KubeProxy;
  /** Starts it again, on the same port. */
  readonly restart: () => Promise<void>;
}

/** A cluster with a gateway under steady traffic, to which things happen. */
export interface FaultLab {
  readonly kube: KubeApi;
  /** As administrator, without a proxy. */
  readonly api: KubeRequests;
  readonly first: LabInstance;
  /** Starts one more gateway on the same cluster. */
  readonly another: () => Promise<LabInstance>;
  /** Changes a route to an answer that was never there before. */
  readonly change: (index?: number) => Promise<string>;
  /** Resolves with the milliseconds until an instance gives that answer. */
  readonly enforced: (instance: LabInstance, answer: string, index?: number) => Promise<number>;
  /** Steady requests with a token to a gateway, until the lab ends or it is stopped. */
  readonly traffic: (instance: LabInstance, mayBeDown?: boolean) => SteadyTraffic;
  readonly stop: () => Promise<void>;
}

/** Requests a second. */
const rate = 200;
/** So many VirtualServices are there from the beginning. */
const services = 4;
const enforcedWithinMs = 90_000;

/** Starts a cluster with controllers and one gateway on it. */
export async function startFaultLab({ main }: { main?: string } = {}): Promise<FaultLab> {
  const kube = await startKube({ controllers: true });
  const upstream = createServer((_request, response) => void response.end('upstream'));
  const parts: { readonly stop: () => Promise<void> }[] = [kube];
  const stop = async () => {
    for (const part of parts.toReversed()) await part.stop();
    upstream.close();
    upstream.closeAllConnections();
  };
  try {
    const account = await createControllerAccount(kube);
    const api = createKubeRequests(kube.kubeconfig);
    const secured = await fill(api, await portOf(upstream));
    const another = async () => {
      const instance = await startInstance(account, kube.kubeconfig, main);
      parts.push(instance);
      return instance;
    };
    const first = await another();
    return { kube, api, first, another, ...changing(api), traffic: trafficTo(secured), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((settle) => void server.listen(0, '127.0.0.1', settle));
  return (server.address() as AddressInfo).port;
}

async function fill(api: KubeRequests, upstreamPort: number): Promise<SecuredService> {
  await createLabNamespace(api, upstreamPort);
  for (let index = 0; index < services; index += 1) {
    await createLabService(api, { index, answer: 'first' });
  }
  return createSecuredService(api);
}

async function startInstance(account: string, kubeconfig: string, main: string | undefined) {
  const proxy = await startKubeProxy(kubeconfig);
  const options = {
    kubeconfig: proxy.kubeconfigOf(account),
    ...(main === undefined ? {} : { main }),
  };
  let gateway = await startController(options);
  const httpPort = Number(new URL(gateway.url).port);
  await gateway.ready();
  return {
    gateway: () => gateway,
    proxy,
    restart: async () => {
      gateway = await startController({ ...options, httpPort });
    },
    stop: async () => {
      await gateway.stop();
      await proxy.stop();
    },
  };
}

function changing(api: KubeRequests): Pick<FaultLab, 'change' | 'enforced'> {
  let changes = 0;
  return {
    change: async (index = 0) => {
      const answer = `change ${(changes += 1)}`;
      await patchLabService(api, { index, answer });
      return answer;
    },
    enforced: async ({ gateway }, answer, index = 0) => {
      const started = performance.now();
      const isRight = ({ body }: { readonly body: string }) => body === answer;
      return (await untilAnswer(gateway().url, index, isRight, enforcedWithinMs)) - started;
    },
  };
}

function trafficTo({ host, path, headers }: SecuredService): FaultLab['traffic'] {
  return ({ gateway }, mayBeDown = false) => {
    const { url } = gateway();
    return startTraffic({ url, host, path, headers, perSecond: rate, status: 200, mayBeDown });
  };
}

/** Writes of a status among requests. */
export function statusWritesOf(requests: readonly KubeProxyRequest[]): number {
  return requests.filter(({ verb, resource, status = 0 }) => {
    const isStatus = resource.endsWith('/status') && (verb === 'patch' || verb === 'update');
    return isStatus && status < 300;
  }).length;
}
