import type { Reason } from './problem.ts';

/** What each reason of a problem or condition means, for docs/reference/reasons.md. */
export const reasonTexts: Readonly<Record<Reason, string>> = {
  Accepted: 'The manifest is in order.',
  ResolvedRefs: 'Everything it refers to is there.',
  KeysReady: 'The keys of every issuer it names are loaded.',
  Programmed: 'The data plane works by this version of it.',
  NoKeysNeeded: 'It names no issuer whose keys have to be fetched.',
  Pending: 'The data plane has not said yet that it works by this version.',
  Malformed:
    'The text is no manifest: broken YAML, no object, more values or levels than any resource has.',
  UnknownKind:
    'The kind is not read: a warning for kinds of others, an error where the group is one of solo.io.',
  UnknownField: 'No field of this name is known there; the message names the nearest one.',
  InvalidValue: 'A value of another type, form or size than the field takes.',
  MissingField: 'A field that has to be set is not, or none of several of which one has to be.',
  ConflictingFields: 'Two fields are set of which only one may be.',
  Unsupported:
    'A field of Gloo that is known but not enforced yet; the resource works without it, but what it would protect stays closed.',
  DuplicateResource: 'The same kind, namespace and name a second time; the first one counts.',
  NoVirtualHost:
    'A VirtualService without hosts and routes; what is assumed instead is in the message.',
  DomainConflict: 'A domain that an older VirtualService, or the same one, already has.',
  InvalidDomain: 'A domain that is no host name and no wildcard of one.',
  InvalidRegex: 'No RE2 expression, or one longer than Settings allow.',
  InvalidKey:
    'No PEM public key, certificate, JWK or JWKS, or one without any usable key; or a certificate without its key.',
  WeakKey:
    'A key too short to be trusted: RSA under 2048 bits, a shared secret shorter than its hash.',
  InvalidRoute: 'A route that cannot be served: its action, its path or its weights make no sense.',
  InvalidRbac: 'A policy that cannot be enforced; its routes answer 500 rather than open.',
  InvalidUpstream: 'A backend without hosts, or with an address that is none.',
  InvalidGateway: 'A listener that cannot be opened: no HTTP, or the port of another Gateway.',
  PrefixWithoutSlash:
    'A pathPrefix without a final slash also takes longer names: `/api/read` takes `/api/readme`.',
  AuthRemoved:
    'A route lets requests through without the valid token that its virtual host asks for, a RouteTable replaces what is asked for, or options hide verification that others ask for.',
  InsecureUpstream:
    'The certificate of the server is not checked, as no Secret with its ca.crt is named; or keys come over plain http.',
  UpstreamNotFound: 'The Upstream that is named does not exist; its routes answer 503.',
  UpstreamNotReady:
    'The Upstream that is named is Rejected, or lacks a key or endpoints; its routes answer 503.',
  SecretNotFound: 'The Secret that is named does not exist, or lacks the entry that is needed.',
  ServiceNotFound: 'The Service that is named does not exist, or lacks that port.',
  NoEndpoints: 'The Service has no endpoint that is ready.',
  RefNotPermitted: 'A reference into another namespace that has not allowed it.',
  ReferenceNotFound:
    'Something else that is named does not exist, such as a provider; or nothing names the resource.',
  ForbiddenAddress: 'An address that no backend and no issuer may have, such as link-local ones.',
  KindAbsent:
    'The cluster does not know the kind: its CRD is not installed. The others work; it is looked for again and again.',
  KindForbidden:
    'The gateway has no right to list and watch the kind there, or the Secret or Service of that name. The others work; it is tried again and again.',
  KeysPending: 'The keys of an issuer have not been fetched for the first time yet.',
  KeysStale: 'Fetching keys anew fails; the last ones are used until they are too old.',
  KeyFetchFailed:
    'The keys of an issuer could not be fetched and none are left: its tokens get 401.',
  NotProgrammed: 'The data plane does not work by this version; the message says why.',
  InternalError: 'A fault of the program itself, kept to this resource; please report it.',
};
