import type { GatewaySpec } from '../api/gateway.ts';
import type { Entry, Resource } from '../api/resource.ts';
import { oldestFirst } from './age.ts';
import type { CompileState } from './compile-state.ts';
import { shown, type Findings } from './findings.ts';
import type { ListenerPlan } from './listener-plan.ts';
import { listenerSettings } from './listener-settings.ts';
import { selection } from './selection.ts';
import { serveVersion } from './served-version.ts';

const defaultHttpPort = 8080;
const defaultHttpsPort = 8443;
/** The one proxy there is: Gateways for other proxies are not ours. */
const proxyName = 'gateway-proxy';

/** Without Gateways one plain and one TLS listener serve everything; with them their ports and selections hold. */
export function listenersPass(context: CompileState): void {
  const entries = oldestFirst(context.resources.list('Gateway'), context.options.lastGood);
  if (entries.length === 0) {
    const { httpPort, httpsPort } = context.options;
    context.listeners.push(
      plan({ name: 'default', port: httpPort ?? defaultHttpPort, tls: false, stripPort: false }),
      plan({
        name: 'default-ssl',
        port: httpsPort ?? defaultHttpsPort,
        tls: true,
        stripPort: false,
      }),
    );
    return;
  }
  for (const entry of entries) compileGateway(entry, context);
}

function plan(
  listener: ListenerPlan['listener'],
  selects: ListenerPlan['selects'] = () => true,
): ListenerPlan {
  return { listener, selects, virtualHosts: [] };
}

function compileGateway(entry: Entry<'Gateway'>, context: CompileState): void {
  const served = serveVersion(context, entry, (gateway, findings) =>
    planGateway(gateway, context, findings),
  );
  if (served?.compiled) context.listeners.push(served.compiled);
}

/** Undefined: the Gateway is not for us, or not served. */
function planGateway(
  gateway: Resource<'Gateway'>,
  context: CompileState,
  findings: Findings,
): ListenerPlan | undefined {
  const { spec, metadata } = gateway;
  const proxies = spec.proxyNames ?? [];
  if (proxies.length > 0 && !proxies.includes(proxyName)) return undefined;
  if (spec.tcpGateway || spec.hybridGateway) return undefined;
  if (!spec.httpGateway) {
    findings.error({
      reason: 'InvalidGateway',
      path: 'spec',
      what: 'the Gateway serves nothing',
      found: 'no gateway type',
      accepted: 'httpGateway: {}',
      gloo: 'invalid gateway: gateway must contain gatewayType',
    });
    return undefined;
  }
  const settings = listenerSettings(spec, findings);
  const listener = { ...listenerOf(gateway, context), ...settings };
  checkPort(listener, spec, context, findings);
  checkProtection(spec, findings);
  return plan(listener, selection(spec.httpGateway, { context, findings, metadata }));
}

function checkPort(
  { name, port }: ListenerPlan['listener'],
  { bindAddress }: GatewaySpec,
  context: CompileState,
  findings: Findings,
): void {
  const rival = context.listeners.find(({ listener }) => listener.port === port);
  if (!rival) return;
  findings.error({
    reason: 'InvalidGateway',
    path: 'spec.bindPort',
    what: 'the port is taken',
    found: `${port}, which ${rival.listener.name} has`,
    accepted: 'a port of its own',
    gloo: `bind-address ${bindAddress ?? '::'}:${port} is not unique in a proxy. gateways: ${rival.listener.name},${name}`,
  });
}

/** Options that protect every route of a listener and are not enforced here yet: the listener stays closed. */
const guards = ['waf', 'dlp', 'csrf'] as const;
const everyAddress: readonly string[] = ['', '::', '0.0.0.0'];

function checkProtection({ bindAddress = '', httpGateway }: GatewaySpec, findings: Findings): void {
  for (const name of guards) {
    if (httpGateway?.options?.[name] === undefined) continue;
    findings.error({
      reason: 'Unsupported',
      path: `spec.httpGateway.options.${name}`,
      what: 'it protects every route and is not enforced yet, so the listener stays closed',
    });
  }
  if (everyAddress.includes(bindAddress)) return;
  findings.error({
    reason: 'Unsupported',
    path: 'spec.bindAddress',
    what: 'one listener cannot have an address of its own yet, and is not opened to more than that',
    found: shown(bindAddress),
    accepted: '::, and the flag --bind for the address of all listeners',
  });
}

/** A port given by flag is for the first Gateway of its kind; two on one port could not both serve. */
function listenerOf(
  { spec, metadata }: Resource<'Gateway'>,
  context: CompileState,
): ListenerPlan['listener'] {
  const tls = spec.ssl ?? false;
  const first = !context.listeners.some(({ listener }) => listener.tls === tls);
  const { httpPort, httpsPort } = context.options;
  const flag = first ? (tls ? httpsPort : httpPort) : undefined;
  return {
    name: `${metadata.namespace}.${metadata.name}`,
    port: flag ?? spec.bindPort ?? (tls ? defaultHttpsPort : defaultHttpPort),
    tls,
    stripPort: spec.httpGateway?.options?.httpConnectionManagerSettings?.stripAnyHostPort ?? false,
  };
}
