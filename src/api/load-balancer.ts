import {
  bool,
  duration,
  enumeration,
  int,
  later,
  laterObject,
  list,
  map,
  num,
  obj,
  opt,
  str,
  unsupported,
  type Static,
} from './schema.ts';

const mostRingPoints = 8_388_608;
const slowStart = later('More requests little by little for a new endpoint.');

export const loadBalancerSchema = obj(
  'How endpoints take turns. Default: round robin by weight.',
  {
    healthyPanicThreshold: opt(
      num(
        'With fewer healthy endpoints than so many percent, all get requests. Default 50; 0: never.',
        { minimum: 0, maximum: 100 },
      ),
    ),
    updateMergeWindow: opt(unsupported(duration('Changes of endpoints are taken together.'))),
    roundRobin: opt(obj('In turn, by weight.', { slowStartConfig: slowStart })),
    leastRequest: opt(
      obj('The one with the fewest requests under way, of some that chance picks by weight.', {
        choiceCount: opt(int('How many are picked. Default 2.')),
        slowStartConfig: slowStart,
      }),
    ),
    random: opt(obj('By chance, whatever the weights, as in Envoy.', {})),
    ringHash: opt(
      obj('The same endpoint for the same lbHash, by a ring.', {
        ringHashConfig: opt(
          obj('Its size.', {
            minimumRingSize: opt(
              int('Points at least. Default 1024.', { maximum: mostRingPoints }),
            ),
            maximumRingSize: opt(
              int('Points at most. Default 8388608; more than 262144 are never made.', {
                maximum: mostRingPoints,
              }),
            ),
          }),
        ),
      }),
    ),
    maglev: opt(obj('The same endpoint for the same lbHash, by a table.', {})),
    localityWeightedLbConfig: laterObject('Weights of localities.'),
    useHostnameForHashing: opt(
      bool('Hash the name of a host rather than its address. Always so here.'),
    ),
  },
  { oneOf: [{ fields: ['roundRobin', 'leastRequest', 'random', 'ringHash', 'maglev'] }] },
);
export type LoadBalancerSpec = Static<typeof loadBalancerSchema>;

const headerName = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

export const lbHashSchema = obj(
  'What of a request decides which endpoint it goes to, for Upstreams with ringHash or maglev.',
  {
    hashPolicies: opt(
      list(
        'All that the request has count together, up to one that is terminal.',
        obj(
          'Exactly one of header, cookie and sourceIp.',
          {
            header: opt(str('Value of this header.', { pattern: headerName, maxLength: 256 })),
            cookie: opt(
              obj('Value of this cookie.', {
                name: str('Name.', { pattern: headerName, maxLength: 256 }),
                ttl: opt(
                  duration(
                    'The answer sets the cookie, for so long, where the client has none; 0s: for the session. Default: it is not set.',
                  ),
                ),
                path: opt(
                  str('Path of that cookie.', {
                    pattern: '^[\\x20-\\x3a\\x3c-\\x7e]*$',
                    maxLength: 1024,
                  }),
                ),
              }),
            ),
            sourceIp: opt(bool('Address of the client.')),
            terminal: opt(
              bool('When there is a hash by now, what follows is not looked at. Default false.'),
            ),
          },
          { oneOf: [{ fields: ['header', 'cookie', 'sourceIp'], required: true }] },
        ),
        32,
      ),
    ),
  },
);
export type LbHashSpec = Static<typeof lbHashSchema>;

/** What becomes of a request whose labels no endpoint has. */
export const fallbackPolicies = ['ANY_ENDPOINT', 'DEFAULT_SUBSET', 'NO_FALLBACK'] as const;

export const subsetSpecSchema = obj('Subsets of the endpoints, by the labels of their pods.', {
  selectors: opt(
    list(
      'Labels that a destination can choose by.',
      obj('Labels, all of them together.', {
        keys: opt(list('Names.', str('Name of a label.', { minLength: 1, maxLength: 317 }), 16)),
        singleHostPerSubset: opt(bool('One endpoint of it takes all requests. Default false.')),
      }),
      32,
    ),
  ),
  fallbackPolicy: opt(
    enumeration(
      'Who gets a request that asks for no labels, or for such as nobody has. Default ANY_ENDPOINT.',
      fallbackPolicies,
    ),
  ),
  defaultSubset: opt(
    obj('Those of DEFAULT_SUBSET.', { values: opt(map('Labels.', str('Value.'))) }),
  ),
});
export type SubsetSpec = Static<typeof subsetSpecSchema>;
