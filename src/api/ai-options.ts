import { reasoningFields } from '../ir/llm.ts';
import {
  bool,
  duration,
  enumeration,
  int,
  later,
  map,
  obj,
  opt,
  scalar,
  str,
  type Static,
} from './schema.ts';

const claim = (description: string) => str(description, { minLength: 1, maxLength: 256 });
const delimiter = opt(
  str('Makes `a.b` in the name of the claim a path; empty: it is literal. Default `.`.', {
    maxLength: 16,
  }),
);
const model = (description: string) => str(description, { minLength: 1, maxLength: 256 });

const modelsSchema = obj('Which models a caller may use, and by which names.', {
  allowedClaim: opt(
    claim(
      'Claim with the models that the caller may use, by the names that are billed: a list, or one name. Default: all models.',
    ),
  ),
  nestedClaimDelimiter: delimiter,
  aliases: opt(
    map('Name that clients use to the name that is sent.', model('Name of a model, no alias.')),
  ),
  default: opt(
    model('For requests without a model; a name or an alias. Default: they are refused.'),
  ),
});

const reasoningSchema = obj('How reasoning is sent to the client.', {
  field: opt(
    enumeration(
      'Field of it in answers of chat completions. Default REASONING_CONTENT.',
      reasoningFields,
    ),
  ),
  hide: opt(
    bool(
      'Do not send it, and refuse requests whose answers the gateway does not know. Default false.',
    ),
  ),
  showTo: opt(
    obj('Callers for whom it is not hidden.', {
      claim: claim('Claim that has to be there.'),
      value: opt(scalar('Value it must have, or have in its list. Default true.')),
      nestedClaimDelimiter: delimiter,
    }),
  ),
});

const timeoutsSchema = obj('Time limits that know tokens; `timeout` of the route is the total.', {
  firstToken: opt(
    duration('From sending the request to the first token of a stream; 0s = none. Default 10m.'),
  ),
  progress: opt(
    duration('Between two pieces of a stream, comments not counted; 0s = none. Default 5m.'),
  ),
});

const usageSchema = obj('Whom the tokens are counted for.', {
  claim: claim('Its value is a label of usage metrics.'),
  nestedClaimDelimiter: delimiter,
  maxValues: opt(
    int('Values with a label of their own; all others share one. Default 100.', {
      minimum: 1,
      maximum: 10_000,
    }),
  ),
});

/** `options.ai` of a route (Gloo `RouteOptions.ai`; `models`, `reasoning`, `timeouts` and `usage` are ours). */
export const aiOptionsSchema = obj('What is asked of requests for a model and of their answers.', {
  routeType: opt(
    enumeration('Not needed: a request says itself whether it wants a stream.', [
      'CHAT',
      'CHAT_STREAMING',
    ]),
  ),
  models: opt(modelsSchema),
  reasoning: opt(reasoningSchema),
  timeouts: opt(timeoutsSchema),
  usage: opt(usageSchema),
  defaults: later('Fields that are put into requests.'),
  promptEnrichment: later('Messages that are put into requests.'),
  promptGuard: later('Guards of prompts. Not enforced: the route answers 500 rather than open.'),
  semanticCache: later('Caching by meaning.'),
  rag: later('Retrieval.'),
});
export type AiOptions = Static<typeof aiOptionsSchema>;
