import { modelEngines, reasoningInputs, thinkTagForms } from '../ir/llm.ts';
import {
  bool,
  duration,
  enumeration,
  int,
  laterObject,
  list,
  obj,
  opt,
  refTo,
  str,
  type Static,
} from './schema.ts';

const port = (description: string) => int(description, { minimum: 1, maximum: 65_535 });

const authToken = obj(
  'The API key: exactly one of the fields.',
  {
    inline: opt(str('The key itself. Prefer secretRef.', { minLength: 1, maxLength: 8192 })),
    secretRef: opt(
      refTo('A Secret with the key under `Authorization`, with or without `Bearer `.'),
    ),
    passthrough: opt(obj('Send on the Authorization that the client sent.', {})),
  },
  { oneOf: [{ fields: ['inline', 'secretRef', 'passthrough'], required: true }] },
);
export type AuthToken = Static<typeof authToken>;

const customHost = obj(
  'A server other than the public one.',
  {
    host: opt(str('Name or address.', { minLength: 1, maxLength: 253 })),
    port: opt(port('Port of host. With 443, TLS is used.')),
    kube: opt(
      obj('A Kubernetes Service in place of host and port; its ready endpoints are used.', {
        serviceName: str('Name of the Service.', { minLength: 1, maxLength: 63 }),
        serviceNamespace: opt(
          str('Its namespace. Default: the namespace of the Upstream.', { maxLength: 63 }),
        ),
        servicePort: port('Port of the Service.'),
      }),
    ),
    hostname: opt(str('Host header and server name. Default: host.', { maxLength: 253 })),
    pathOverride: opt(
      obj(
        'Other paths than those of the public server.',
        {
          fullPath: opt(
            str('The whole path of every request.', { pattern: '^/', maxLength: 2048 }),
          ),
          basePath: opt(str('Put in place of a leading /v1.', { pattern: '^/', maxLength: 2048 })),
        },
        { oneOf: [{ fields: ['fullPath', 'basePath'], required: true }] },
      ),
    ),
  },
  { oneOf: [{ fields: ['host', 'kube'], required: true }] },
);
export type CustomHost = Static<typeof customHost>;

const reasoning = obj('What the server takes and sends of reasoning.', {
  input: opt(
    enumeration(
      'Reasoning that clients send back: KEEP as sent, PAD with an empty one where conversations with tools lack it, STRIP. Default PAD to DeepSeek, else KEEP.',
      reasoningInputs,
    ),
  ),
  thinkTags: opt(
    enumeration(
      'Reasoning in the content of answers: OPENED by <think>, IMPLICIT when only </think> is sent, NONE when tags are text. Default OPENED.',
      thinkTagForms,
    ),
  ),
});

const concurrency = obj('Requests that the account may have under way; others wait their turn.', {
  limit: int('How many.', { minimum: 1 }),
  account: opt(
    str(
      'Model servers of the namespace with one name share the limit, the lowest if they differ. Default: one of its own.',
      {
        minLength: 1,
        maxLength: 253,
      },
    ),
  ),
  maxWaiting: opt(int('Requests that wait at most. Default 1024.', { minimum: 0 })),
  maxWait: opt(duration('A request waits so long at most, then gets 429. Default 60s.')),
});

const isolation = obj('`user_id`, by which DeepSeek keeps the users of one account apart.', {
  disabled: opt(bool('Send none, and none of the client. Default false.')),
  secretRef: opt(
    refTo(
      'A Secret with the key of its hash under `key`. Default: a key that everybody knows, so that who knows a subject can tell its user_id.',
    ),
  ),
});

/** A provider of models. */
const llm = (description: string) =>
  obj(description, {
    authToken: opt(authToken),
    customHost: opt(customHost),
    model: opt(
      str('Put in place of `model` of every request. Default: what the client asks for.', {
        minLength: 1,
        maxLength: 256,
      }),
    ),
    engine: opt(
      enumeration(
        'What answers there. Default DEEPSEEK for api.deepseek.com, else OPENAI. VLLM, SGLANG, OLLAMA and LLAMA_CPP are checked at their health endpoints unless the Upstream has healthChecks; all of these but OLLAMA are asked how many requests wait there.',
        modelEngines,
      ),
    ),
    reasoning: opt(reasoning),
    concurrency: opt(concurrency),
    isolation: opt(isolation),
  });
export type LlmSpec = Static<ReturnType<typeof llm>>;

const providers = {
  deepseek: opt(llm('DeepSeek: api.deepseek.com:443, or a self-hosted server.')),
  openai: opt(llm('A server with OpenAI’s API: api.openai.com:443, or a self-hosted server.')),
  mistral: laterObject('Mistral.'),
  anthropic: laterObject('Anthropic.'),
  azureOpenai: laterObject('Azure OpenAI.'),
  gemini: laterObject('Gemini.'),
  vertexAi: laterObject('Vertex AI.'),
  bedrock: laterObject('Bedrock.'),
};

const providerNames = Object.keys(providers);

const member = obj(
  'A model server: exactly one provider.',
  {
    ...providers,
    weight: opt(int('Its share of the pool. Default 1.', { minimum: 1, maximum: 1000 })),
  },
  { oneOf: [{ fields: providerNames, required: true }] },
);
export type PoolMemberSpec = Static<typeof member>;

const multi = obj('Several model servers: the next priority is used when one fails.', {
  priorities: list(
    'By falling priority.',
    obj('Servers among which requests are balanced.', {
      pool: list('The servers.', member, 16),
    }),
    8,
  ),
});

/** `spec.ai` of an Upstream. */
export const aiUpstreamSchema = obj(
  'A language model: exactly one provider.',
  { ...providers, multi: opt(multi) },
  { oneOf: [{ fields: [...providerNames, 'multi'], required: true }] },
);
export type AiSpec = Static<typeof aiUpstreamSchema>;
