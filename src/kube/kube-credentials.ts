import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { loadKubeConfig, type KubeConfigChoice, type LoadedKubeConfig } from './kube-config.ts';
import { kubeAccessOf, type KubeAccess } from './kube-access.ts';

/** Which API server, and as whom. */
export interface KubeCredentials {
  readonly facts: KubeConfigFacts;
  /** What a request is sent with; read anew when it is older than a minute. */
  readonly access: () => Promise<KubeAccess>;
  /** What to try after a 401 to `refused`: another request may have read it anew already, else it is read now. */
  readonly renewed: (refused: KubeAccess) => Promise<KubeAccess>;
}

/** What a kubeconfig, or the service account of a pod, says beside credentials. */
interface KubeConfigFacts {
  /** URL of the API server. */
  readonly server: string;
  /** Namespace of the context, or of the service account. */
  readonly namespace: string | undefined;
}

export interface KubeCredentialsOptions extends KubeConfigChoice {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A token in a file is replaced long before it expires; client-go, too, looks once a minute. */
const keptMs = 60_000;

/** Reads the credentials; throws `ERR_KUBE_CONFIG` when they cannot be used. */
export async function createKubeCredentials(
  options: KubeCredentialsOptions,
): Promise<KubeCredentials> {
  const first = await loadKubeConfig(options);
  const credentials = new Credentials(options, first, await kubeAccessOf(first));
  return {
    facts: { server: first.server, namespace: first.namespace },
    access: () => credentials.access(),
    renewed: (refused) => credentials.renewed(refused),
  };
}

class Credentials {
  readonly #options: KubeCredentialsOptions;
  #config: LoadedKubeConfig;
  #access: KubeAccess;
  #readAt: number;
  #reading: Promise<KubeAccess> | undefined;

  constructor(options: KubeCredentialsOptions, config: LoadedKubeConfig, access: KubeAccess) {
    this.#options = options;
    this.#config = config;
    this.#access = access;
    this.#readAt = options.clock.monotonic();
  }

  async access(): Promise<KubeAccess> {
    if (this.#options.clock.monotonic() - this.#readAt < keptMs) return this.#access;
    // A plug-in and an OIDC login keep their tokens in the loaded configuration, and renew them there when they expire.
    return this.#read(!this.#config.renewsItself);
  }

  async renewed(refused: KubeAccess): Promise<KubeAccess> {
    return this.#access === refused ? this.#read(true) : this.#access;
  }

  #read(anew: boolean): Promise<KubeAccess> {
    this.#reading ??= this.#readOnce(anew).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** A file that is being replaced may be unreadable for a moment: what was read before may still be good. */
  async #readOnce(anew: boolean): Promise<KubeAccess> {
    try {
      const config = anew ? await loadKubeConfig(this.#options) : this.#config;
      this.#access = await kubeAccessOf(config);
      this.#config = config;
    } catch (thrown) {
      const error = messageOf(thrown);
      this.#options.logger.warn({ error }, 'kubernetes credentials not read again');
    }
    this.#readAt = this.#options.clock.monotonic();
    return this.#access;
  }
}
