import { isIP, SocketAddress } from 'node:net';

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
  checkAddress(listener, spec, context, findings);
  checkProtection(spec, findings);
  return plan(listener, selection(spec.httpGateway, { context, findings, metadata }));
}

/** Two on one port can only serve where each has an address of its own. */
function checkAddress(
  { name, port, address }: ListenerPlan['listener'],
  { bindAddress = '' }: GatewaySpec,
  context: CompileState,
  findings: Findings,
): void {
  if (address !== undefined && isIP(address) === 0) {
    findings.error({
      reason: 'InvalidGateway',
      path: 'spec.bindAddress',
      what: 'nothing can be bound to that',
      found: shown(bindAddress),
      accepted: 'an IPv4 or IPv6 address',
    });
  }
  const rival = context.listeners.find(
    ({ listener }) =>
      port !== 0 &&
      listener.port === port &&
      (listener.address === undefined || address === undefined || listener.address === address),
  );
  if (!rival) return;
  findings.error({
    reason: 'InvalidGateway',
    path: 'spec.bindPort',
    what: 'the port is taken',
    found: `${port}, which ${rival.listener.name} has`,
    accepted: 'a port of its own, or an address of its own on it',
    gloo: `bind-address ${bindAddress === '' ? '::' : bindAddress}:${port} is not unique in a proxy. gateways: ${rival.listener.name},${name}`,
  });
}

/** Options that protect every route of a listener and are not enforced here yet: the listener stays closed. */
const guards = ['waf', 'dlp', 'csrf', 'extProcEarly', 'extProc', 'extProcLate'] as const;
const everyAddress: readonly string[] = ['', '::', '0.0.0.0'];

function checkProtection({ httpGateway }: GatewaySpec, findings: Findings): void {
  for (const name of guards) {
    if (httpGateway?.options?.[name] === undefined) continue;
    findings.error({
      reason: 'Unsupported',
      path: `spec.httpGateway.options.${name}`,
      what: 'it protects every route and is not enforced yet, so the listener stays closed',
    });
  }
}

/** A port given by flag is for the first Gateway of its kind; two on one port could not both serve. */
function listenerOf(
  { spec, metadata }: Resource<'Gateway'>,
  context: CompileState,
): ListenerPlan['listener'] {
  const tls = spec.ssl ?? false;
  const first = !context.listeners.some(({ listener }) => listener.tls === tls);
  const { httpPort, httpsPort } = context.options;
  const address = spec.bindAddress ?? '';
  const flag = first ? (tls ? httpsPort : httpPort) : undefined;
  return {
    name: `${metadata.namespace}.${metadata.name}`,
    port: flag ?? spec.bindPort ?? (tls ? defaultHttpsPort : defaultHttpPort),
    ...(everyAddress.includes(address) ? {} : { address: canonical(address) }),
    tls,
    stripPort: spec.httpGateway?.options?.httpConnectionManagerSettings?.stripAnyHostPort ?? false,
  };
}

/** Equal for equal addresses, however an IPv6 one is written. */
function canonical(address: string): string {
  const isPlain = isIP(address) === 6 && !address.includes('%');
  return isPlain ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}
