import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { Type, type Static } from 'typebox';
import { Errors } from 'typebox/value';

const strict = { additionalProperties: false };
const Text = Type.String();
const optional = Type.Optional;

const tampers = [
  // The signature is another one.
  'signature',
  // The payload is another one than was signed.
  'payload',
  'no-signature',
  'padding',
  'spare-bits',
  'white-space',
  'trailing-dot',
  'leading-dot',
  'extra-byte',
  'der',
  'zero-signature',
] as const;

const tokenSchema = Type.Object(
  {
    /** Name of a key under `keys/`; its algorithm signs unless `alg` says otherwise. */
    key: optional(Text),
    /** Sign by HMAC with the text of this file under `keys/`: the confusion of key types. */
    secretFrom: optional(Text),
    /** How to sign. The header says the same, unless `header` overrides it. */
    alg: optional(Text),
    /** Members that are put into the header; null takes one out. `kid` is the name of the key otherwise. */
    header: optional(Type.Record(Text, Type.Unknown())),
    /** The header as it is, in place of JSON made from `header`. */
    headerText: optional(Text),
    payload: optional(Type.Record(Text, Type.Unknown())),
    /** The payload as it is. */
    payloadText: optional(Text),
    /** Seconds from now. Default: `exp: 300`. */
    times: optional(Type.Record(Text, Type.Number())),
    tamper: optional(Type.Enum([...tampers])),
  },
  strict,
);

const headersSchema = Type.Record(Text, Type.Union([Text, Type.Array(Text), Type.Null()]));

const upstreamSchema = Type.Object(
  {
    /** `<upstream>_<namespace>`. */
    cluster: Text,
    /** Which of its endpoints, from 1. */
    endpoint: optional(Type.Number()),
    method: optional(Text),
    /** With its query. */
    path: optional(Text),
    /** A text: one line; a list: these lines; null: no line. */
    headers: optional(headersSchema),
    body: optional(Text),
  },
  strict,
);

const expectSchema = Type.Object(
  {
    /** Default 200; 0: the connection ends without an answer. */
    status: optional(Type.Number()),
    /** With `repeat`, in place of it: all that come, the smallest first. */
    statuses: optional(Type.Array(Type.Number())),
    body: optional(Text),
    headers: optional(headersSchema),
    /** The `www-authenticate` line; without this (and without one in `headers`) there must be none. */
    challenge: optional(Type.Enum(['missing', 'invalid_token'])),
    /** Absent: no upstream sees the request. */
    upstream: optional(upstreamSchema),
    /** Others that see the request too. */
    also: optional(Type.Array(upstreamSchema)),
    /** With `repeat`: how many requests each cluster sees, give or take `within`. */
    split: optional(Type.Record(Text, Type.Number())),
    within: optional(Type.Number()),
    /** With `repeat`: how many different endpoints see them. */
    endpoints: optional(Type.Number()),
    /** Why, in the access log of the embedded data plane. */
    reason: optional(Text),
    /** `jwtFailures` of that line; null: it has none. */
    jwtFailures: optional(Type.Union([Type.Record(Text, Type.Unknown()), Type.Null()])),
    /** An entry of docs/reference/envoy-differences.md: a real Envoy answers otherwise. */
    stricterThanEnvoy: optional(Text),
  },
  strict,
);

const tlsSchema = Type.Object(
  {
    /** Server name. Default: none is asked for. */
    sni: optional(Text),
    /** Name of a certificate and its key under `keys/`: the client has them. */
    clientCertificate: optional(Text),
    /** The one protocol that the client offers: `h2` sends the request by HTTP/2. */
    alpn: optional(Text),
    maxVersion: optional(Type.Enum(['TLSv1.1', 'TLSv1.2', 'TLSv1.3'])),
  },
  strict,
);

const requestSchema = Type.Object(
  {
    name: Text,
    /** Port of the listener, as in the table. Default: the first plain one, or with `tls` the first with TLS. */
    port: optional(Type.Number()),
    /** Connect with TLS, in short with this server name. */
    tls: optional(Type.Union([Text, tlsSchema])),
    method: optional(Text),
    /** As it goes on the wire; `{name}` is a token. Default `/`. */
    target: optional(Text),
    /** Null: no Host line. Default `gateway.test`. */
    host: optional(Type.Union([Text, Type.Null()])),
    /** Lines as they go on the wire; `{name}` is a token. */
    headers: optional(Type.Array(Type.Tuple([Text, Text]))),
    /** A name under `tokens`: sent as `Authorization: Bearer`. */
    token: optional(Text),
    body: optional(Text),
    repeat: optional(Type.Number()),
    expect: expectSchema,
  },
  strict,
);

const answerSchema = Type.Object(
  {
    status: Type.Number(),
    headers: optional(Type.Record(Text, Text)),
    body: Text,
    /** The connection is cut in place of an answer. */
    drop: optional(Type.Boolean()),
    /** The head takes so long to come. */
    delayMs: optional(Type.Number()),
  },
  strict,
);

const requestsSchema = Type.Object(
  {
    /** What the story is about, for whoever reads it. */
    story: Text,
    tokens: optional(Type.Record(Text, tokenSchema)),
    /** JWKS documents by URL: files under `keys/`. Every other URL cannot be reached. */
    jwks: optional(Type.Record(Text, Type.Array(Text))),
    /**
     * What an upstream answers, by cluster. Default: 200 and the name of the cluster. A list is for the tries of one request,
     * the last for all that follow.
     */
    answers: optional(
      Type.Record(Text, Type.Union([answerSchema, Type.Array(answerSchema, { minItems: 1 })])),
    ),
    requests: Type.Array(requestSchema),
  },
  strict,
);

export type GoldenToken = Static<typeof tokenSchema>;
export type GoldenAnswerOf = Static<typeof answerSchema>;
export type GoldenExpectation = Static<typeof expectSchema>;
export type GoldenTls = Static<typeof tlsSchema>;
export type GoldenRequest = Static<typeof requestSchema>;
export type GoldenHeaders = Static<typeof headersSchema>;
export type GoldenRequests = Static<typeof requestsSchema>;

export const goldenFolder = join(import.meta.dirname, '../golden');
export const keysFolder = join(goldenFolder, 'keys');

const schema = CORE_SCHEMA.withTags(mergeTag);

/** Reads the `requests.yaml` of a story; a misspelt field throws, since it would check nothing. */
export function readRequests(story: string): GoldenRequests {
  const document = load(readFileSync(join(goldenFolder, story, 'requests.yaml'), 'utf8'), {
    schema,
  });
  const [fault] = Errors(requestsSchema, document);
  if (fault) throw new Error(`${story}/requests.yaml: ${JSON.stringify(fault)}`);
  return document as GoldenRequests;
}
