import {
  bool,
  duration,
  int,
  later,
  laterObject,
  list,
  obj,
  opt,
  str,
  unsupported,
  type Static,
} from './schema.ts';

/** What can stand in the head of a request. */
export const headText = '^[\\x21-\\x7e]*$';

const percent = (description: string) => int(description, { maximum: 100 });
const hex = obj('Bytes.', {
  text: opt(str('In hexadecimal digits.', { pattern: '^(?:[0-9A-Fa-f]{2})+$', maxLength: 4096 })),
});

const httpHealthCheck = obj('A request.', {
  host: opt(
    str('Value of Host. Default: the name of the cluster; of a model server its own.', {
      pattern: headText,
      maxLength: 253,
    }),
  ),
  path: opt(
    str('Path. Default /; of a model server with an engine its health endpoint.', {
      pattern: headText,
      maxLength: 2048,
    }),
  ),
  serviceName: later('Name of the service that has to answer.'),
  requestHeadersToAdd: opt(
    list(
      'Header lines of the request.',
      obj('A line.', {
        header: opt(
          obj('Name and value.', {
            key: str('Name.', { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", maxLength: 256 }),
            value: opt(str('Value.', { pattern: '^[\\t\\x20-\\x7e]*$', maxLength: 4096 })),
          }),
        ),
        headerSecretRef: laterObject('Names and values from a Secret.'),
        append: opt(bool('Add to those of the same name. There is none but user-agent and host.')),
      }),
      64,
    ),
  ),
  requestHeadersToRemove: opt(unsupported(list('Lines that are left out.', str('Name.')))),
  useHttp2: opt(unsupported(bool('HTTP/2.'))),
  expectedStatuses: opt(
    list(
      'Good statuses, as ranges without their end. Default: 200.',
      obj('A range.', {
        start: int('First.', { minimum: 100, maximum: 599 }),
        end: int('The one behind the last.', { minimum: 101, maximum: 600 }),
      }),
      64,
    ),
  ),
});

export const healthCheckSchema = obj(
  'Endpoints are asked again and again; those that fail get no requests.',
  {
    timeout: opt(duration('Time for an answer.')),
    interval: opt(duration('Time between two checks.')),
    initialJitter: opt(duration('Up to so much later, by chance: the first check.')),
    intervalJitter: opt(duration('Up to so much later, by chance: every other one.')),
    intervalJitterPercent: opt(int('The same in percent of the interval.')),
    unhealthyThreshold: opt(
      int('Failures in a row that make it unhealthy; a status that is not expected does at once.'),
    ),
    healthyThreshold: opt(
      int('Successes in a row that make it healthy again; the first check needs one.'),
    ),
    reuseConnection: opt(bool('One connection for all checks. Default true.')),
    httpHealthCheck: opt(httpHealthCheck),
    tcpHealthCheck: opt(
      obj('A connection.', {
        send: opt(hex),
        receive: opt(list('What has to come, in this order.', hex, 16)),
      }),
    ),
    grpcHealthCheck: laterObject('gRPC. Such endpoints count as healthy.'),
    customHealthCheck: laterObject('Custom. Such endpoints count as healthy.'),
    noTrafficInterval: opt(
      duration('Interval of an Upstream that got no request yet. Default 60s.'),
    ),
    unhealthyInterval: opt(duration('Interval of an unhealthy one. Default: interval.')),
    unhealthyEdgeInterval: opt(
      duration('Once after it became unhealthy. Default: unhealthyInterval.'),
    ),
    healthyEdgeInterval: opt(duration('Once after it became healthy. Default: interval.')),
    eventLogPath: later('Log of events.'),
    alwaysLogHealthCheckFailures: opt(unsupported(bool('Log every failure.'))),
  },
  {
    oneOf: [
      { fields: ['httpHealthCheck', 'tcpHealthCheck', 'grpcHealthCheck', 'customHealthCheck'] },
    ],
  },
);
export type HealthCheckSpec = Static<typeof healthCheckSchema>;

export const outlierDetectionSchema = obj(
  'Endpoints that answer with errors get no requests for a while.',
  {
    consecutive5xx: opt(int('Answers 5xx in a row, failed connections among them. Default 5.')),
    interval: opt(
      duration('Time between two looks at all of them; ejections end at one. Has to be set.'),
    ),
    baseEjectionTime: opt(
      duration('Ejected for so long, times how often in a row. Default 30s; at most 300s in all.'),
    ),
    maxEjectionPercent: opt(
      percent(
        'Of the endpoints at most ejected. Default 10: with fewer than ten, none, as Envoy counts the first as well.',
      ),
    ),
    enforcingConsecutive5xx: opt(percent('How likely that is done. Default 100.')),
    enforcingSuccessRate: opt(percent('How likely ejection by success rate is. Default 100.')),
    successRateMinimumHosts: opt(int('Endpoints that must have enough requests. Default 5.')),
    successRateRequestVolume: opt(
      int('Requests in an interval for an endpoint to be looked at. Default 100.'),
    ),
    successRateStdevFactor: opt(
      int('Thousandths of a standard deviation under the mean. Default 1900.'),
    ),
    consecutiveGatewayFailure: opt(int('Answers 502, 503, 504 in a row. Default 5.')),
    enforcingConsecutiveGatewayFailure: opt(percent('How likely that is done. Default 0.')),
    splitExternalLocalOriginErrors: opt(
      unsupported(bool('Count failed connections apart. They count as 5xx here.')),
    ),
    consecutiveLocalOriginFailure: later('Failed connections in a row.'),
    enforcingConsecutiveLocalOriginFailure: later('How likely that is done.'),
    enforcingLocalOriginSuccessRate: later('How likely that is done.'),
  },
);
export type OutlierDetectionSpec = Static<typeof outlierDetectionSchema>;
