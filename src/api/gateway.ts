import { bufferSchema } from './buffer.ts';
import { labelExpression } from './label-expression.ts';
import {
  bool,
  duration,
  int,
  later,
  list,
  map,
  nullableBool,
  obj,
  opt,
  opaque,
  refTo,
  str,
  unsupported,
  type Static,
} from './schema.ts';
import { upgradesSchema } from './upgrades.ts';

const httpGateway = obj('Serves VirtualServices over HTTP. Nothing chosen: all.', {
  virtualServices: opt(list('VirtualServices by name.', refTo('A VirtualService.'), 512)),
  virtualServiceSelector: opt(map('Labels that all have to be there.', str('Value.'))),
  virtualServiceExpressions: opt(
    obj('Label expressions; win over the selector.', {
      expressions: opt(list('Expressions; all have to hold.', labelExpression, 64)),
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
          mergeSlashes: opt(bool('`//` in paths counts as `/`. Default false.')),
          idleTimeout: later('Idle timeout.'),
          streamIdleTimeout: opt(
            duration('Between two pieces of a request and its response; 0s = none. Default 5m.'),
          ),
          maxRequestHeadersKb: opt(
            int('Size of the head of a request. At most 16, the default.', { minimum: 1 }),
          ),
          useRemoteAddress: later('Trust of x-forwarded-for.'),
          xffNumTrustedHops: later('Trust of x-forwarded-for.'),
          serverName: opt(
            str('Server of every answer. Default: that of the upstream.', { maxLength: 256 }),
          ),
          upgrades: opt(upgradesSchema),
          tracing: later('Tracing.'),
          acceptHttp10: later('HTTP/1.0.'),
          defaultHostForHttp10: later('HTTP/1.0.'),
          skipXffAppend: later('Trust of x-forwarded-for.'),
          via: later('Via header.'),
          generateRequestId: later('x-request-id.'),
          preserveExternalRequestId: later('x-request-id.'),
          uuidRequestIdConfig: later('x-request-id.'),
          proxy100Continue: later('Expect: 100-continue.'),
          requestTimeout: opt(
            duration('Until a request is here as a whole; 0s = none, the default.'),
          ),
          drainTimeout: later('Time to drain.'),
          delayedCloseTimeout: later('Time to close.'),
          maxConnectionDuration: later('Limits of a connection.'),
          maxStreamDuration: opt(
            duration('Until the response is complete; 0s = none, the default.'),
          ),
          maxRequestsPerConnection: later('Limits of a connection.'),
          maxHeadersCount: opt(int('Lines of the head of a request. Default 100.', { minimum: 1 })),
          allowChunkedLength: later('Both Content-Length and chunked.'),
          enableTrailers: later('HTTP/1.1 trailers.'),
          forwardClientCertDetails: later('Client certificates in a header.'),
          setCurrentClientCertDetails: later('Client certificates in a header.'),
          codecType: later('HTTP version.'),
          http2ProtocolOptions: later('HTTP/2.'),
          normalizePath: later('Dot segments. They are always resolved.'),
          pathWithEscapedSlashesAction: later('Escaped slashes.'),
          headersWithUnderscoresAction: later('Header names with underscores.'),
          serverHeaderTransformation: later('Server header.'),
          properCaseHeaderKeyFormat: later('Case of header names.'),
          preserveCaseHeaderKeyFormat: later('Case of header names.'),
          internalAddressConfig: later('Which addresses are internal.'),
          appendXForwardedPort: later('x-forwarded-port.'),
          earlyHeaderManipulation: later('Headers to add or remove first.'),
        }),
      ),
      buffer: opt(bufferSchema),
      healthCheck: later('Health check answered by the gateway.'),
      gzip: later('Compression.'),
      waf: later('Web application firewall. Not enforced: the listener stays closed.'),
      extauth: later('External authorization.'),
      csrf: later('Cross-site request forgery. Not enforced: the listener stays closed.'),
      extensions: later('Extensions.'),
      grpcWeb: later('gRPC-Web.'),
      grpcJsonTranscoder: later('gRPC as JSON.'),
      dlp: later('Data loss prevention. Not enforced: the listener stays closed.'),
      wasm: later('WebAssembly.'),
      ratelimitServer: later('Rate-limit server.'),
      caching: later('Caching.'),
      proxyLatency: later('Latency in access logs.'),
      sanitizeClusterHeader: later('Removal of the cluster header.'),
      leftmostXffAddress: later('Trust of x-forwarded-for.'),
      dynamicForwardProxy: later('Send to the host of the request.'),
      connectionLimit: later('Limits of connections.'),
      networkLocalRatelimit: later('Rate limits of connections.'),
      httpLocalRatelimit: later('Rate limits without a server.'),
      router: opt(
        obj('What Envoy adds to requests and answers.', {
          suppressEnvoyHeaders: opt(
            nullableBool('No x-envoy- headers of its own. They are not sent in any case.'),
          ),
          dynamicStats: later('Statistics of clusters.'),
        }),
      ),
      tap: later('Taps.'),
      statefulSession: later('Sessions.'),
      headerValidationSettings: later('Checks of headers.'),
      extProcEarly: later('External processing, first. Not enforced: the listener stays closed.'),
      extProc: later('External processing. Not enforced: the listener stays closed.'),
      extProcLate: later('External processing, last. Not enforced: the listener stays closed.'),
    }),
  ),
});

export const gatewaySchema = obj(
  'A port of the gateway and the VirtualServices behind it.',
  {
    bindAddress: opt(
      str('Address. Default `::`, every one. A flag --bind that names an address wins.', {
        maxLength: 253,
      }),
    ),
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
