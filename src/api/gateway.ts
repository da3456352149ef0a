import {
  bool,
  int,
  later,
  list,
  map,
  obj,
  opt,
  opaque,
  refTo,
  str,
  unsupported,
  enumeration,
  type Static,
} from './schema.ts';

const httpGateway = obj('Serves VirtualServices over HTTP. Nothing chosen: all.', {
  virtualServices: opt(list('VirtualServices by name.', refTo('A VirtualService.'), 512)),
  virtualServiceSelector: opt(map('Labels that all have to be there.', str('Value.'))),
  virtualServiceExpressions: opt(
    obj('Label expressions; win over the selector.', {
      expressions: opt(
        list(
          'Expressions; all have to hold.',
          obj('A label expression.', {
            key: str('Label.', { maxLength: 317 }),
            operator: opt(
              enumeration('Operator.', [
                'Equals',
                'DoubleEquals',
                'NotEquals',
                'In',
                'NotIn',
                'Exists',
                'DoesNotExist',
                'GreaterThan',
                'LessThan',
              ] as const),
            ),
            values: opt(list('Values.', str('A value.'))),
          }),
          64,
        ),
      ),
    }),
  ),
  virtualServiceNamespaces: opt(
    list('Namespaces; `*` is all. Default: all.', str('A namespace.', { maxLength: 253 })),
  ),
  options: opt(
    obj('Options of the listener.', {
      httpConnectionManagerSettings: opt(
        obj('HTTP connection manager.', {
          stripAnyHostPort: opt(bool('Compare Host without its port. Default false.')),
          mergeSlashes: later('Merge `//`.'),
          idleTimeout: later('Idle timeout.'),
          streamIdleTimeout: later('Idle timeout of a stream.'),
          maxRequestHeadersKb: later('Size of headers.'),
          useRemoteAddress: later('Trust of x-forwarded-for.'),
          xffNumTrustedHops: later('Trust of x-forwarded-for.'),
          serverName: later('Server header.'),
          upgrades: later('Protocol upgrades.'),
          tracing: later('Tracing.'),
          acceptHttp10: later('HTTP/1.0.'),
        }),
      ),
      buffer: later('Buffering of bodies.'),
      healthCheck: later('Health check answered by the gateway.'),
      gzip: later('Compression.'),
      waf: later('Web application firewall.'),
      extauth: later('External authorization.'),
      csrf: later('Cross-site request forgery.'),
      extensions: later('Extensions.'),
    }),
  ),
});

export const gatewaySchema = obj(
  'A port of the gateway and the VirtualServices behind it.',
  {
    bindAddress: opt(str('Address. Default `::`. The flag --bind wins.', { maxLength: 253 })),
    bindPort: opt(int('Port. A port given by flag wins.', { minimum: 1, maximum: 65_535 })),
    ssl: opt(
      bool('Serve TLS: only VirtualServices with sslConfig. Default false: only those without.'),
    ),
    proxyNames: opt(list('Proxies that serve it. Default: gateway-proxy.', str('A name.'))),
    useProxyProto: opt(unsupported(bool('Expect the PROXY protocol.'))),
    options: later('Options of the listener: access logs and the like.'),
    routeOptions: opt(
      unsupported(
        obj('Limits of routes.', {
          maxDirectResponseBodySizeBytes: opt(int('Size of direct responses.')),
        }),
      ),
    ),
    httpGateway: opt(httpGateway),
    tcpGateway: opt(unsupported(opaque('TCP.'))),
    hybridGateway: opt(unsupported(opaque('HTTP and TCP by connection.'))),
  },
  { oneOf: [{ fields: ['httpGateway', 'tcpGateway', 'hybridGateway'] }] },
);

/** `spec` of a Gateway (Gloo `gateway.GatewaySpec`). */
export type GatewaySpec = Static<typeof gatewaySchema>;
