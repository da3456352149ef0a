import type { Resource } from '../api/resource.ts';
import type { AiSpec, CustomHost, LlmSpec } from '../api/ai-upstream.ts';
import { durationMs } from '../base/duration.ts';
import type { Endpoint } from '../ir/cluster.ts';
import {
  modelEngines,
  reasoningInputs,
  thinkTagForms,
  type AccountConcurrency,
  type LlmBackend,
} from '../ir/llm.ts';
import { upstreamTarget } from './endpoints.ts';
import { enumName } from './enum-name.ts';
import { shown, type Findings } from './findings.ts';
import { isHeadText } from './head-text.ts';
import { checkAuthority, checkHost } from './host-names.ts';
import { compileIsolation } from './isolation.ts';
import { compileCredential } from './llm-credential.ts';
import type { SecretUse } from './secrets.ts';

const publicHosts = { deepseek: 'api.deepseek.com', openai: 'api.openai.com' } as const;
const httpsPort = 443;
const defaultWaiting = 1024;
const defaultWaitMs = 60_000;

/** Where a model is, and how it is spoken to. */
export interface LlmTarget {
  readonly endpoints: readonly Endpoint[];
  readonly tls: boolean;
  /** Name of the server, where it is another than where the connection goes. */
  readonly serverName: string | undefined;
  readonly llm: LlmBackend;
}

type Providers = Pick<AiSpec, 'deepseek' | 'openai'>;

/** Compiles the one provider of `spec.ai`, or of a member of a pool; undefined for one that is not served. */
export function compileLlm(
  upstream: Resource<'Upstream'>,
  providers: Providers,
  use: SecretUse,
): LlmTarget | undefined {
  const provider = providers.deepseek ? 'deepseek' : providers.openai ? 'openai' : undefined;
  const spec = providers.deepseek ?? providers.openai;
  if (!provider || !spec) return undefined;
  const path = `${use.path}.${provider}`;
  const custom = spec.customHost ?? { host: publicHosts[provider], port: httpsPort };
  const server = serverOf(custom, { ...use, path: `${path}.customHost` });
  if (!server) return undefined;
  const tls = server.port === httpsPort || upstream.spec.sslConfig !== undefined;
  const token = { ...use, path: `${path}.authToken` };
  return {
    endpoints: server.endpoints,
    tls,
    serverName: custom.hostname?.replace(/:\d+$/, '') ?? server.serverName,
    llm: {
      provider,
      ...(spec.engine === undefined ? {} : { engine: enumName(spec.engine, modelEngines) }),
      credential: compileCredential(spec.authToken, spec.customHost !== undefined, upstream, token),
      ...(spec.model === undefined ? {} : { model: spec.model }),
      authority: custom.hostname ?? authorityOf(server, tls),
      ...pathsOf(custom, `${path}.customHost`, use.findings),
      ...reasoningOf(spec),
      ...concurrencyOf(spec, upstream, use.path),
      ...compileIsolation(spec.isolation, { ...use, path: `${path}.isolation` }),
    },
  };
}

interface Server {
  readonly endpoints: readonly Endpoint[];
  /** Of the `Host` that it gets. */
  readonly host: string;
  readonly port: number;
  /** Of an endpoint that is connected to by address. */
  readonly serverName?: string;
}

function serverOf({ host, port, kube, hostname }: CustomHost, use: SecretUse): Server | undefined {
  if (hostname !== undefined) checkAuthority(hostname, `${use.path}.hostname`, use.findings);
  if (kube) {
    const namespace = kube.serviceNamespace ?? use.namespace;
    const service = { name: kube.serviceName, namespace, port: kube.servicePort };
    const target = upstreamTarget(service, { ...use, path: `${use.path}.kube` });
    const name = `${service.name}.${namespace}.svc`;
    const endpoints = target?.cluster.endpoints ?? [];
    return { endpoints, host: name, port: service.port, serverName: name };
  }
  if (host === undefined) return undefined;
  checkHost(host, `${use.path}.host`, use);
  if (port !== undefined) return { endpoints: [{ host, port, weight: 1 }], host, port };
  use.findings.error({
    reason: 'MissingField',
    path: `${use.path}.port`,
    what: 'there is no server without a port',
    found: 'no port',
    accepted: 'a port, such as 443',
  });
  return undefined;
}

function authorityOf({ host, port }: Server, tls: boolean): string {
  const bare = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === (tls ? httpsPort : 80) ? bare : `${bare}:${port}`;
}

function pathsOf(
  { pathOverride: override = {} }: CustomHost,
  path: string,
  findings: Findings,
): Pick<LlmBackend, 'fullPath' | 'basePath'> {
  for (const [name, text] of Object.entries(override)) {
    if (isHeadText(text)) continue;
    findings.error({
      reason: 'InvalidUpstream',
      path: `${path}.pathOverride.${name}`,
      what: 'no request can have such a path',
      found: shown(text),
      accepted: 'a path of visible ASCII characters',
    });
  }
  return {
    ...(override.fullPath === undefined ? {} : { fullPath: override.fullPath }),
    ...(override.basePath === undefined ? {} : { basePath: override.basePath }),
  };
}

function reasoningOf({
  reasoning: { input, thinkTags } = {},
}: LlmSpec): Pick<LlmBackend, 'reasoningInput' | 'thinkTags'> {
  return {
    ...(input === undefined ? {} : { reasoningInput: enumName(input, reasoningInputs) }),
    ...(thinkTags === undefined ? {} : { thinkTags: enumName(thinkTags, thinkTagForms) }),
  };
}

function concurrencyOf(
  { concurrency }: LlmSpec,
  { metadata: { namespace, name } }: Resource<'Upstream'>,
  path: string,
): { readonly concurrency?: AccountConcurrency } {
  if (concurrency === undefined) return {};
  // Members of pools have keys, so accounts, of their own: they are told apart as their clusters are.
  const own = [name, ...(path.match(/\d+/g) ?? [])].join('/');
  const { limit, account = own, maxWaiting = defaultWaiting, maxWait = '' } = concurrency;
  const waitMs = durationMs(maxWait) ?? defaultWaitMs;
  return { concurrency: { account: `${namespace}/${account}`, limit, maxWaiting, waitMs } };
}
