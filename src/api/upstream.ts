import { aiUpstreamSchema } from './ai-upstream.ts';
import {
  bool,
  int,
  later,
  laterObject,
  list,
  map,
  obj,
  opt,
  opaque,
  str,
  unsupported,
  type Static,
} from './schema.ts';
import { circuitBreakersSchema, connectionConfigSchema } from './upstream-connections.ts';
import { headText, healthCheckSchema, outlierDetectionSchema } from './upstream-health.ts';
import { loadBalancerSchema, subsetSpecSchema } from './load-balancer.ts';
import { upstreamSslSchema } from './upstream-ssl.ts';

const port = (description: string) => int(description, { minimum: 1, maximum: 65_535 });

const staticSpec = obj('Fixed hosts.', {
  hosts: opt(
    list(
      'Hosts; all are used.',
      obj('A host.', {
        addr: str('Name or address.', { minLength: 1, maxLength: 253 }),
        port: port('Port.'),
        sniAddr: opt(str('Server name for this host.', { maxLength: 253 })),
        loadBalancingWeight: opt(int('Share of this host. Default 1.', { minimum: 1 })),
        healthCheckConfig: opt(
          obj('How this host is checked, where the Upstream has a health check by HTTP.', {
            path: opt(str('Path.', { pattern: headText, maxLength: 2048 })),
            method: opt(str('Method.', { pattern: '^[A-Z]+$', maxLength: 16 })),
          }),
        ),
        metadata: opt(
          opaque(
            'Metadata by its name; texts in `envoy.lb` are the labels that subsets choose by.',
          ),
        ),
      }),
      256,
    ),
  ),
  subsetSpec: opt(subsetSpecSchema),
  useTls: opt(bool('Connect with TLS. Default: when a port is 443.')),
  autoSniRewrite: opt(unsupported(bool('Server name from the address. Always so here.'))),
});

const kubeSpec = obj('A Kubernetes Service.', {
  serviceName: str('Name of the Service.', { minLength: 1, maxLength: 63 }),
  serviceNamespace: opt(
    str('Its namespace. Default: the namespace of the Upstream.', { maxLength: 63 }),
  ),
  servicePort: port('Port of the Service.'),
  selector: opt(unsupported(map('Only pods with these labels.', str('Value.')))),
  subsetSpec: opt(subsetSpecSchema),
  serviceSpec: opt(unsupported(opaque('Function-level description.'))),
});

export const upstreamSchema = obj(
  'A backend: exactly one of static, kube, ai and the kinds that are not enforced yet.',
  {
    static: opt(staticSpec),
    kube: opt(kubeSpec),
    ai: opt(aiUpstreamSchema),
    aws: laterObject('AWS Lambda.'),
    azure: laterObject('Azure Functions.'),
    awsEc2: laterObject('AWS EC2.'),
    gcp: laterObject('Google Cloud Run.'),
    consul: laterObject('Consul.'),
    pipe: laterObject('A Unix socket.'),
    sslConfig: opt(upstreamSslSchema),
    circuitBreakers: opt(circuitBreakersSchema),
    connectionConfig: opt(connectionConfigSchema),
    discoveryMetadata: opt(opaque('Written by discovery; not looked at.')),
    loadBalancerConfig: opt(loadBalancerSchema),
    healthChecks: opt(list('Active health checks; one at most.', healthCheckSchema, 8)),
    outlierDetection: opt(outlierDetectionSchema),
    failover: later('Other localities.'),
    useHttp2: later('HTTP/2 to the backend.'),
    initialStreamWindowSize: later('HTTP/2 windows.'),
    initialConnectionWindowSize: later('HTTP/2 windows.'),
    maxConcurrentStreams: later('HTTP/2 streams.'),
    overrideStreamErrorOnInvalidHttpMessage: later('HTTP/2 errors.'),
    httpProxyHostname: later('HTTP CONNECT proxy.'),
    httpConnectSslConfig: later('TLS to the proxy.'),
    httpConnectHeaders: later('Headers to the proxy.'),
    ignoreHealthOnHostRemoval: later('Removal of hosts.'),
    respectDnsTtl: later('DNS.'),
    dnsRefreshRate: later('DNS.'),
    dnsLookupIpFamily: later('DNS.'),
    proxyProtocolVersion: later('PROXY protocol.'),
    preconnectPolicy: later('Connections ahead of need.'),
    disableIstioAutoMtls: later('Istio.'),
  },
  {
    oneOf: [
      {
        fields: ['static', 'kube', 'ai', 'aws', 'azure', 'awsEc2', 'gcp', 'consul', 'pipe'],
        required: true,
      },
    ],
  },
);

/** `spec` of an Upstream (Gloo `UpstreamSpec`; `ai.deepseek` is ours). */
export type UpstreamSpec = Static<typeof upstreamSchema>;
