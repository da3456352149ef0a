import type { MockError } from './mock-deepseek-error.ts';
import type { MockReply } from './mock-deepseek-reply.ts';

/** One server-sent event. */
export interface MockEvent {
  /** Only the Anthropic and Responses APIs name their events. */
  readonly name?: string;
  readonly data: object;
}

/** How an endpoint writes answers. */
export interface MockForm {
  /** The whole answer as one JSON document. */
  readonly document: (reply: MockReply) => object;
  /** The answer as events. */
  readonly events: (reply: MockReply) => readonly MockEvent[];
  /** Whether `[DONE]` ends a stream. */
  readonly done: boolean;
  /** The body of a refusal. */
  readonly refusal: (error: MockError) => object;
  /** An error in the middle of a stream. */
  readonly failure: (error: MockError) => MockEvent;
}
