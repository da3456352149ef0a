import { labelExpression } from './label-expression.ts';
import { matcherSchema } from './matcher.ts';
import { destinationOptionsSchema, routeOptionsSchema } from './options.ts';
import { regexRewriteSchema } from './rewrite.ts';
import {
  bool,
  enumeration,
  int,
  laterObject,
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

const destinationSchema = obj(
  'Where to send the request: exactly one of upstream, kube and consul.',
  {
    upstream: opt(refTo('An Upstream.')),
    kube: opt(
      obj('A Kubernetes Service.', {
        ref: refTo('The Service.'),
        port: int('Port of the Service.', { minimum: 1, maximum: 65_535 }),
      }),
    ),
    consul: opt(
      unsupported(
        obj('A Consul service.', {
          serviceName: opt(str('Name in Consul.')),
          tags: opt(list('Tags.', str('A tag.'))),
          dataCenters: opt(list('Data centers.', str('A data center.'))),
        }),
      ),
    ),
    subset: opt(
      obj('Only endpoints with these labels, by a subsetSpec of the Upstream.', {
        values: opt(map('Labels.', str('Value.'))),
      }),
    ),
    destinationSpec: opt(unsupported(opaque('Function-level destination.'))),
  },
  {
    oneOf: [
      {
        fields: ['upstream', 'kube', 'consul'],
        required: true,
        gloo: 'no destination type specified',
      },
    ],
  },
);
export type Destination = Static<typeof destinationSchema>;

export const weightedDestinationSchema = obj('A destination and its share.', {
  destination: destinationSchema,
  weight: opt(int('Share of the requests relative to the sum. Default 0.')),
  options: opt(destinationOptionsSchema),
});
export type WeightedDestination = Static<typeof weightedDestinationSchema>;

const routeAction = obj(
  'Send the request to a backend: exactly one of the fields.',
  {
    single: opt(destinationSchema),
    multi: opt(
      obj('Several destinations by weight.', {
        destinations: list(
          'Destinations; the weights have to add up to 1 at least.',
          weightedDestinationSchema,
          64,
        ),
      }),
    ),
    upstreamGroup: opt(refTo('An UpstreamGroup.')),
    clusterHeader: opt(
      unsupported(
        str('Name of a header that names the cluster.', { minLength: 1, maxLength: 256 }),
      ),
    ),
    dynamicForwardProxy: opt(unsupported(opaque('Send to the host of the request.'))),
  },
  {
    oneOf: [
      {
        fields: ['single', 'multi', 'upstreamGroup', 'clusterHeader', 'dynamicForwardProxy'],
        required: true,
        gloo: 'no destination type specified',
      },
    ],
  },
);

/** Status of a redirect (Gloo `RedirectResponseCode`, in the order of its numbers). */
export const redirectCodes = [
  'MOVED_PERMANENTLY',
  'FOUND',
  'SEE_OTHER',
  'TEMPORARY_REDIRECT',
  'PERMANENT_REDIRECT',
] as const;

const redirectAction = obj(
  'Answer with a redirect.',
  {
    hostRedirect: opt(str('New host.', { maxLength: 253 })),
    pathRedirect: opt(str('New path.', { maxLength: 4096 })),
    prefixRewrite: opt(str('Put in place of the matched prefix.', { maxLength: 4096 })),
    regexRewrite: opt(regexRewriteSchema('Rewrite the path by a RE2 expression.')),
    responseCode: opt(enumeration('Status. Default MOVED_PERMANENTLY.', redirectCodes)),
    httpsRedirect: opt(bool('Redirect to https. Default false.')),
    stripQuery: opt(bool('Leave the query out. Default false.')),
    portRedirect: opt(int('New port.', { maximum: 65_535 })),
  },
  { oneOf: [{ fields: ['pathRedirect', 'prefixRewrite', 'regexRewrite'] }] },
);

const directResponseAction = obj('Answer without a backend.', {
  status: int('HTTP status.', { minimum: 200, maximum: 599 }),
  body: opt(str('Body, as text/plain. At most 4096 bytes.', { maxLength: 4096 })),
});

const selector = obj('RouteTables by label.', {
  namespaces: opt(
    list('Namespaces; `*` is all. Default: the own one.', str('A namespace.', { maxLength: 253 })),
  ),
  labels: opt(map('Labels that all have to be there.', str('Value.'))),
  expressions: opt(list('Label expressions.', labelExpression, 64)),
});

const delegateAction = obj(
  'Use the routes of RouteTables.',
  {
    ref: opt(refTo('A RouteTable.')),
    selector: opt(selector),
    name: opt(str('Deprecated: name of a RouteTable.', { maxLength: 253 })),
    namespace: opt(str('Deprecated: namespace of a RouteTable.', { maxLength: 253 })),
  },
  {
    oneOf: [{ fields: ['ref', 'selector'] }],
    together: [{ field: 'namespace', needs: ['name'] }],
  },
);

export const optionsConfigRefsSchema = obj('Options kept in resources of their own.', {
  delegateOptions: opt(
    list('References, the first wins.', refTo('A RouteOption or VirtualHostOption.'), 64),
  ),
});

export const routeSchema = obj(
  'A route: which requests, and what is done with them.',
  {
    name: opt(str('Name of the route, for logs.', { maxLength: 253 })),
    matchers: opt(list('One of these has to match. Default: prefix /.', matcherSchema, 64)),
    routeAction: opt(routeAction),
    redirectAction: opt(redirectAction),
    directResponseAction: opt(directResponseAction),
    delegateAction: opt(delegateAction),
    options: opt(routeOptionsSchema),
    optionsConfigRefs: opt(optionsConfigRefsSchema),
    inheritableMatchers: opt(
      nullableBool('Take headers, query parameters and methods of the delegating route.'),
    ),
    inheritablePathMatchers: opt(nullableBool('Take the path of the delegating route.')),
    graphqlApiRef: laterObject('GraphQL (removed from Gloo).'),
  },
  {
    oneOf: [
      {
        fields: [
          'routeAction',
          'redirectAction',
          'directResponseAction',
          'delegateAction',
          'graphqlApiRef',
        ],
        required: true,
        gloo: 'invalid route: route must specify an action',
      },
    ],
  },
);

/** A route of a VirtualService or RouteTable (Gloo `gateway.Route`). */
export type RouteSpec = Static<typeof routeSchema>;
export type RedirectSpec = Static<typeof redirectAction>;
