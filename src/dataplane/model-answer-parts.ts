import type { AnswerFacts } from '../llm/answer-facts.ts';
import type { AnswerView } from '../llm/answer-view.ts';
import type { ModelEndpoint } from '../llm/model-endpoint.ts';
import type { Call } from './call.ts';
import type { Denial } from './denial.ts';
import type { ResponseWriter } from './response-writer.ts';
import type { TokenTimers } from './token-timers.ts';

/** What has to be known to take an answer of a model server. */
export interface ModelAnswerRules {
  readonly endpoint: ModelEndpoint;
  readonly view: AnswerView;
  readonly timers: TokenTimers;
  /** Another server can be asked, as long as the client has got nothing. */
  readonly hasNext: () => boolean;
  /** The client gets something from here on: no other server will be asked. */
  readonly committed: (isServed: boolean) => void;
}

/** One answer on its way, for whatever takes it. */
export interface ModelAnswerParts extends ModelAnswerRules {
  readonly call: Call;
  readonly writer: ResponseWriter;
  /** The server was asked with a key of the gateway, not with one of the client. */
  readonly usesOurKey: boolean;
  /** Ends the request for a fault that is seen in the answer. */
  readonly fail: (denial: Denial) => void;
}

/** Writes down what an answer has said of itself so far. */
export function noteAnswer({ model }: Call, facts: AnswerFacts): void {
  if (model === undefined) return;
  model.responseModel = facts.model;
  model.usage = facts.usage;
  model.finishReason = facts.finishReason;
  model.pieces = facts.pieces;
}
