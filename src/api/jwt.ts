import {
  bool,
  duration,
  enumeration,
  int,
  list,
  map,
  obj,
  opt,
  refTo,
  str,
  type Static,
} from './schema.ts';
import { errorDetails, validationPolicies } from '../ir/jwt.ts';

const remoteJwks = obj('Keys fetched from a JWKS document.', {
  url: str('Where the JWKS is: an http or https URL.', { minLength: 1, maxLength: 2048 }),
  upstreamRef: opt(
    refTo('Connect to this Upstream, with its TLS, instead of to the host of the URL.'),
  ),
  cacheDuration: opt(
    duration('How long fetched keys are used before they are fetched again. Default 5m.'),
  ),
  asyncFetch: opt(
    obj('Gloo: fetch in the background. Keys are always fetched in the background here.', {
      fastListener: opt(bool('Gloo: open the listener before the first fetch. Always so here.')),
    }),
  ),
});

const localJwks = obj('Keys written into the manifest.', {
  key: str('A PEM public key (SPKI, PKCS#1) or certificate, one JWK, or a JWKS document.', {
    minLength: 1,
  }),
});

const jwks = obj(
  'Where the public keys come from: exactly one of remote and local.',
  { remote: opt(remoteJwks), local: opt(localJwks) },
  { oneOf: [{ fields: ['remote', 'local'], required: true }] },
);

const tokenSource = obj(
  'Where to look for the token. When set, neither `Authorization: Bearer` nor `access_token` is looked at unless named here.',
  {
    headers: opt(
      list(
        'Headers that may carry the token.',
        obj('A header that may carry the token.', {
          header: str('Name of the header, in any case.', { minLength: 1, maxLength: 256 }),
          prefix: opt(
            str('Text before the token, case-sensitive, e.g. `Bearer `.', { maxLength: 256 }),
          ),
        }),
        32,
      ),
    ),
    queryParams: opt(
      list(
        'Query parameters that may carry the token.',
        str('Name of a query parameter.', { minLength: 1, maxLength: 256 }),
        32,
      ),
    ),
  },
);

const claimToHeader = obj('Copies a claim of a verified token into a request header.', {
  claim: str('Name of the claim; the literal name first, then nested by `.`.', {
    minLength: 1,
    maxLength: 256,
  }),
  header: str('Name of the header. It is removed from what the client sends.', {
    minLength: 1,
    maxLength: 256,
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  }),
  append: opt(
    bool(
      'Keep what the client sent and add a line (unsafe: the client can forge it). Default false.',
    ),
  ),
});

/** What an issuer is asked for, in both forms. */
const identity = {
  issuer: opt(
    str('Required value of the `iss` claim, byte for byte. Default: any.', { maxLength: 2048 }),
  ),
  audiences: opt(
    list(
      'One of these has to be in the `aud` claim. Default: any.',
      str('An audience.', { maxLength: 2048 }),
    ),
  ),
};

/** What becomes of its tokens, in both forms. */
const handling = {
  jwks: opt(jwks),
  tokenSource: opt(tokenSource),
  keepToken: opt(bool('Leave the token in the request that goes to the upstream. Default false.')),
  claimsToHeaders: opt(list('Claims to copy into request headers.', claimToHeader)),
  clockSkewSeconds: opt(
    int('Tolerance for `exp` and `nbf`, in seconds. Default 60.', { maximum: 86_400 }),
  ),
  requireExp: opt(
    bool('Not in Gloo: refuse tokens without `exp`, which never expire. Default false.'),
  ),
  maxTokenLifetime: opt(
    duration(
      'Not in Gloo: refuse tokens that are valid for longer than this from now on, or for ever. Default: any lifetime.',
    ),
  ),
};

const providerSchema = obj('An issuer of tokens.', {
  ...identity,
  ...handling,
  attachFailedStatusToMetadata: opt(
    str(
      'Key under which code and message of a failed verification are in the access log (`jwtFailures`). Default: they are not.',
      { maxLength: 256 },
    ),
  ),
});

/** A provider as in `virtualHost.options.jwt.providers` (Gloo `jwt.Provider`). */
export type Provider = Static<typeof providerSchema>;

const errorDetail = opt(
  enumeration(
    'Not in Gloo: what the answer to a refused token tells. Default: as the Settings say, else full.',
    errorDetails,
  ),
);

export const vhostExtensionSchema = obj('Verification of JSON Web Tokens.', {
  providers: opt(map('Issuers by name; a token of any of them is enough.', providerSchema)),
  validationPolicy: opt(
    enumeration(
      'What becomes of a request without a valid token. Default REQUIRE_VALID.',
      validationPolicies,
    ),
  ),
  allowMissingOrFailedJwt: opt(
    bool('Deprecated; true is the same as validationPolicy ALLOW_MISSING_OR_FAILED.'),
  ),
  errorDetail,
});

/** JWT of a virtual host, or of one stage (Gloo `jwt.VhostExtension`). */
export type VhostExtension = Static<typeof vhostExtensionSchema>;

export const stagedVhostSchema = obj(
  'JWT before and after external auth; where both are set, both have to pass.',
  {
    beforeExtAuth: opt(vhostExtensionSchema),
    afterExtAuth: opt(vhostExtensionSchema),
  },
);

const disable = obj('Turns verification off on this route.', {
  disable: opt(bool('True: no token is needed on this route. Default false.')),
});

export const routeExtensionSchema = disable;

export const stagedRouteSchema = obj('Turns stages off on this route.', {
  beforeExtAuth: opt(disable),
  afterExtAuth: opt(disable),
});

const remoteShort = obj(
  'Keys fetched from a JWKS document.',
  {
    url: opt(str('Where the JWKS is: an http or https URL.', { minLength: 1, maxLength: 2048 })),
    uri: opt(str('The same as url.', { minLength: 1, maxLength: 2048 })),
    cacheDuration: opt(
      duration('How long fetched keys are used before they are fetched again. Default 5m.'),
    ),
  },
  { oneOf: [{ fields: ['url', 'uri'], required: true }] },
);

const shortProviderSchema = obj(
  'An issuer of tokens, short form.',
  {
    name: opt(
      str('Name of the provider. Default: provider-<index>.', { minLength: 1, maxLength: 253 }),
    ),
    ...identity,
    remoteJwks: opt(remoteShort),
    publicKey: opt(
      str('A PEM public key or certificate, one JWK, or a JWKS document.', { minLength: 1 }),
    ),
    ...handling,
  },
  { oneOf: [{ fields: ['remoteJwks', 'publicKey', 'jwks'], required: true }] },
);

export const shortJwtSchema = obj(
  'Verification of JSON Web Tokens, short form: providers as a list.',
  {
    providers: list('Issuers; a token of any of them is enough.', shortProviderSchema, 64),
    validationPolicy: opt(
      enumeration(
        'What becomes of a request without a valid token. Default REQUIRE_VALID.',
        validationPolicies,
      ),
    ),
    errorDetail,
  },
);

/** `spec.jwt` of the short form (ours). */
export type ShortJwt = Static<typeof shortJwtSchema>;
export type ShortProvider = Static<typeof shortProviderSchema>;
