import { newAnswerFacts } from './answer-facts.ts';
import type { AnswerShape, AnswerView } from './answer-view.ts';
import { ChatAnswer } from './chat-answer.ts';
import { MessagesAnswer } from './messages-answer.ts';
import type { ModelEndpoint } from './model-endpoint.ts';
import { ResponsesAnswer } from './responses-answer.ts';

/** The shape that an endpoint answers in; where reasoning has no place, nothing is changed. */
export function answerShape(endpoint: ModelEndpoint, view: AnswerView): AnswerShape {
  if (endpoint === 'chat' || endpoint === 'completions') return new ChatAnswer(view);
  if (endpoint === 'messages') return new MessagesAnswer(view);
  if (endpoint === 'responses') return new ResponsesAnswer(view);
  return {
    facts: newAnswerFacts(),
    event: (document) => [document],
    rest: () => [],
    whole: (document) => document,
    hasLeaked: false,
  };
}
