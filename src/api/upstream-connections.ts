import { duration, int, later, obj, opt, unsupported, type Static } from './schema.ts';

export const circuitBreakersSchema = obj(
  'Limits; with one of them reached, requests get 503. What an Upstream has counts as a whole in place of what Settings have.',
  {
    maxConnections: opt(int('Connections at most. Default 1024.')),
    maxPendingRequests: opt(
      int(
        'Requests that wait for a connection at most. Default 1024; with 0 none can open one, as in Envoy.',
      ),
    ),
    maxRequests: opt(int('Requests under way at most. Default 1024.')),
    maxRetries: opt(int('Retries under way at most. Default 3.')),
  },
);
export type CircuitBreakersSpec = Static<typeof circuitBreakersSchema>;

export const connectionConfigSchema = obj('Connections.', {
  connectTimeout: opt(duration('Time to connect. Default 5s.')),
  maxRequestsPerConnection: opt(int('Requests a connection at most. Default 0: any number.')),
  tcpKeepalive: opt(
    obj('TCP keep-alive.', {
      keepaliveProbes: opt(int('Probes without an answer after which a connection is dead.')),
      keepaliveTime: opt(duration('Idle time before the first probe; rounded up to seconds.')),
      keepaliveInterval: opt(duration('Time between probes; rounded up to seconds.')),
    }),
  ),
  perConnectionBufferLimitBytes: opt(unsupported(int('Buffer a connection.'))),
  commonHttpProtocolOptions: opt(
    obj('Idle timeouts and limits.', {
      idleTimeout: opt(
        duration('A connection without a request is closed after that; 0s: never. Default 4s.'),
      ),
      maxHeadersCount: opt(unsupported(int('Header lines of an answer at most.'))),
      maxStreamDuration: opt(unsupported(duration('Time for a request and its answer.'))),
      headersWithUnderscoresAction: later('Of requests; has no effect in Envoy here.'),
    }),
  ),
  http1ProtocolOptions: later('HTTP/1.1.'),
});
export type ConnectionConfigSpec = Static<typeof connectionConfigSchema>;
