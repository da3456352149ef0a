import type { GatewaySpec } from '../api/gateway.ts';
import { refKey, type Entry, type Metadata, type Resource } from '../api/resource.ts';
import type { Listener } from '../ir/table.ts';
import { candidates, shapeFindings, type CompileContext } from './context.ts';
import { enumName } from './enum-name.ts';
import { createFindings } from './findings.ts';
import { byAge } from './age.ts';
import { labelOperators, matchesExpression, matchesLabels } from './selectors.ts';

const defaultHttpPort = 8080;
const defaultHttpsPort = 8443;
/** The one proxy there is: Gateways for other proxies are not ours. */
const proxyName = 'gateway-proxy';

/** A listener while its virtual hosts are still being found. */
export interface ListenerPlan {
  readonly listener: Omit<Listener, 'virtualHosts'>;
  readonly selects: (metadata: Metadata) => boolean;
  readonly virtualHosts: string[];
  /** Domain, lower-case, to the virtual host that has it. */
  readonly domains: Map<string, string>;
}

/** Without Gateways one plain and one TLS listener serve everything; with them their ports and selections hold. */
export function listenersPass(context: CompileContext): void {
  const entries = context.resources.list('Gateway').toSorted(byAge);
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
  listener: Omit<Listener, 'virtualHosts'>,
  spec?: GatewaySpec,
  namespace = '',
): ListenerPlan {
  return {
    listener,
    selects: spec ? selection(spec, namespace) : () => true,
    virtualHosts: [],
    domains: new Map(),
  };
}

function compileGateway(entry: Entry<'Gateway'>, context: CompileContext): void {
  const findings = createFindings();
  const [candidate] = candidates(context, entry);
  const spec = candidate?.resource.spec;
  const served = spec && (spec.proxyNames ?? [proxyName]).includes(proxyName);
  if (candidate && spec && served && !spec.tcpGateway && !spec.hybridGateway) {
    const listener = listenerOf(candidate.resource, context);
    const rival = context.listeners.find((one) => one.listener.port === listener.port);
    if (!spec.httpGateway) {
      findings.error({
        reason: 'InvalidGateway',
        path: 'spec',
        what: 'the Gateway serves nothing',
        found: 'no gateway type',
        accepted: 'httpGateway: {}',
        gloo: 'invalid gateway: gateway must contain gatewayType',
      });
    } else if (rival) {
      findings.error({
        reason: 'InvalidGateway',
        path: 'spec.bindPort',
        what: 'the port is taken',
        found: `${listener.port}, which ${rival.listener.name} has`,
        accepted: 'a port of its own',
        gloo: `bind-address ${spec.bindAddress ?? '::'}:${listener.port} is not unique in a proxy. gateways: ${rival.listener.name},${listener.name}`,
      });
    } else {
      context.listeners.push(plan(listener, spec, entry.ref.namespace));
      context.accepted.set(refKey(entry.ref), candidate.resource);
    }
  }
  context.verdicts.set(refKey(entry.ref), {
    findings: [...shapeFindings(entry), ...findings.list],
    keySets: [],
    servingLastGood: candidate?.lastGood === true && !findings.hasErrors(),
  });
}

/** A port given by flag is for the first Gateway of its kind; two on one port could not both serve. */
function listenerOf(
  { spec, metadata }: Resource<'Gateway'>,
  context: CompileContext,
): Omit<Listener, 'virtualHosts'> {
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

/** Expressions win over the selector, the selector over references; none of them selects all. */
function selection({ httpGateway }: GatewaySpec, own: string): (metadata: Metadata) => boolean {
  const {
    virtualServices,
    virtualServiceSelector,
    virtualServiceExpressions,
    virtualServiceNamespaces,
  } = httpGateway ?? {};
  const namespaces = virtualServiceNamespaces ?? [];
  const inNamespace = ({ namespace }: Metadata): boolean =>
    namespaces.length === 0 || namespaces.includes('*') || namespaces.includes(namespace);
  const expressions = virtualServiceExpressions?.expressions ?? [];
  if (expressions.length > 0) {
    const compiled = expressions.map(({ key, operator, values }) => ({
      key,
      operator: enumName(operator, labelOperators),
      values: values ?? [],
    }));
    return (metadata) =>
      inNamespace(metadata) &&
      compiled.every((one) => matchesExpression(metadata.labels ?? {}, one));
  }
  const wanted = virtualServiceSelector ?? {};
  if (Object.keys(wanted).length > 0) {
    return (metadata) => inNamespace(metadata) && matchesLabels(metadata.labels ?? {}, wanted);
  }
  if (virtualServices && virtualServices.length > 0) {
    const refs = new Set(
      virtualServices.map(({ name, namespace }) => `${namespace ?? own}/${name}`),
    );
    return ({ namespace, name }) => refs.has(`${namespace}/${name}`);
  }
  return inNamespace;
}
