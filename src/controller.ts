import type { KubeFacts } from './admin/admin-facts.ts';
import type { Resource } from './api/resource.ts';
import type { Clock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import { kubeEnvironment } from './config/kube-environment.ts';
import type { ProcessSettings } from './config/process-settings.ts';
import type { OutcomeChange } from './control/report.ts';
import type { Outcome, WantedRef } from './ir/outcome.ts';
import { createClusterWriter, type ClusterWriter } from './kube/cluster-writer.ts';
import { createKubeClient, type KubeClient } from './kube/kube-client.ts';
import { createKubeCredentials } from './kube/kube-credentials.ts';
import { createKubeSource, type KubeSource } from './kube/kube-source.ts';
import { createListWatch } from './kube/list-watch.ts';
import type { ConfigSource } from './sources/config-source.ts';
import type { Store } from './store/store.ts';

/** The part of a gateway that a cluster configures: what it reads there, and what it writes. */
export interface Controller extends ConfigSource {
  /** The port of the control loop: Secrets and Services that a compile has looked up. */
  readonly want: (refs: readonly WantedRef[]) => Promise<void> | undefined;
  /** The port of the control loop: what an earlier process accepted. */
  readonly restored: () => Promise<ReadonlyMap<string, Resource>>;
  /** Takes what a compile accepted. */
  readonly accepted: (resources: ReadonlyMap<string, Resource>) => void;
  /** Takes what has changed of the outcomes. */
  readonly changed: (change: OutcomeChange) => void;
  readonly facts: () => KubeFacts;
}

export interface ControllerOptions {
  readonly settings: ProcessSettings;
  /** Of the program, for the API server's log. */
  readonly version: string;
  readonly store: Store;
  /** Every outcome there is. */
  readonly outcomes: () => readonly Outcome[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where neither a flag nor the kubeconfig names a namespace: that of the manifests for an installation. */
const defaultNamespace = 'seekgate-system';

/** A graceful stop is no reason to stay for an API server that does not answer. */
const stopWithinMs = 5_000;

/** Creates the controller; the cluster is not asked before `start`. */
export function createController(options: ControllerOptions): Controller {
  let parts: Parts | undefined;
  let stopped = false;
  return {
    start: async () => {
      const created = await createParts(options);
      if (stopped) return created.client.close();
      parts = created;
      created.writer.start();
      await created.source.start();
    },
    synced: () => parts?.source.synced() ?? false,
    missing: () => parts?.source.missing() ?? ['credentials of the cluster are being read'],
    problems: () => parts?.source.problems() ?? [],
    want: (refs) => parts?.source.want(refs),
    restored: async () => (await parts?.writer.restored()) ?? new Map(),
    accepted: (resources) => parts?.writer.accepted(resources),
    changed: ({ outcomes }) => parts?.writer.changed(outcomes),
    facts: () => factsOf(parts),
    stop: async () => {
      stopped = true;
      if (parts) await stopParts(parts, options.clock);
    },
  };
}

interface Parts {
  readonly client: KubeClient;
  readonly source: KubeSource;
  readonly writer: ClusterWriter;
}

async function createParts(options: ControllerOptions): Promise<Parts> {
  const { settings, version, store, clock, logger } = options;
  const { kubeconfig, context, watchNamespaces } = settings;
  const environment = kubeEnvironment();
  const credentials = await createKubeCredentials({
    kubeconfig,
    context,
    environment,
    clock,
    logger,
  });
  const { server, namespace: given } = credentials.facts;
  const namespace = settings.namespace ?? given ?? defaultNamespace;
  logger.info({ server, namespace, watchNamespaces }, 'cluster found');
  const client = createKubeClient({ credentials, clock, userAgent: `seekgate/${version}` });
  const shared = { client, namespace, clock, logger };
  const source = createKubeSource({
    ...shared,
    store,
    watchNamespaces,
    listWatch: createListWatch,
  });
  const { observed } = source;
  const writer = createClusterWriter({ ...shared, observed, outcomes: options.outcomes });
  return { client, source, writer };
}

async function stopParts({ client, source, writer }: Parts, clock: Clock): Promise<void> {
  const stopped = Promise.all([source.stop(), writer.stop()]);
  const late = new Promise<void>((resolve) => void clock.after(stopWithinMs, resolve));
  await Promise.race([stopped, late]);
  await client.close();
}

function factsOf(parts: Parts | undefined): KubeFacts {
  return {
    requests: 0,
    connectionsOpened: 0,
    connections: 0,
    isLeader: false,
    writes: [],
    statusQueue: 0,
    ...parts?.client.stats(),
    ...parts?.writer.stats(),
    watches: parts?.source.watches() ?? [],
  };
}
