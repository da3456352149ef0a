import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createControllerAccount } from '../../test/support/controller-account.ts';
import { startController, type ControllerProcess } from '../../test/support/controller-process.ts';
import { startKube, type KubeApi, type KubeOptions } from '../../test/support/kube.ts';
import { createKubeRequests, type KubeRequests } from '../../test/support/kube-request.ts';
import { createLabNamespace } from '../../test/support/lab-services.ts';

/** A cluster with the CRDs, the rights and an upstream, and the means to start the built gateway on it. */
export interface ClusterLab {
  readonly kube: KubeApi;
  /** As administrator. */
  readonly api: KubeRequests;
  /** Of the ServiceAccount of the gateway. */
  readonly kubeconfig: string;
  /** Starts `dist/main.js`; stopped with the lab. */
  readonly gateway: (kubeconfig?: string, httpPort?: number) => Promise<ControllerProcess>;
  readonly stop: () => Promise<void>;
}

const main = resolve(import.meta.dirname, '../../dist/main.js');

/** Starts a fresh cluster. */
export async function startClusterLab(options: KubeOptions = {}): Promise<ClusterLab> {
  if (!existsSync(main)) throw new Error(`${main} is missing: npm run build`);
  const kube = await startKube(options);
  const upstream = createServer((_request, response) => void response.end('upstream'));
  const running: { readonly stop: () => Promise<void> }[] = [];
  try {
    const kubeconfig = await createControllerAccount(kube);
    const api = createKubeRequests(kube.kubeconfig);
    await new Promise<void>((settle) => void upstream.listen(0, '127.0.0.1', settle));
    await createLabNamespace(api, (upstream.address() as AddressInfo).port);
    return {
      kube,
      api,
      kubeconfig,
      gateway: async (as = kubeconfig, httpPort) => {
        const started = await startController({
          kubeconfig: as,
          main,
          ...(httpPort === undefined ? {} : { httpPort }),
        });
        running.push(started);
        return started;
      },
      stop: async () => {
        await Promise.all(running.map((one) => one.stop()));
        api.close();
        upstream.close();
        upstream.closeAllConnections();
        await kube.stop();
      },
    };
  } catch (error) {
    upstream.close();
    await kube.stop();
    throw error;
  }
}
