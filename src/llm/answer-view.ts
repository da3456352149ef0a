import type { ReasoningField, ThinkTags } from '../ir/llm.ts';
import type { AnswerFacts } from './answer-facts.ts';
import type { JsonRecord } from './json-record.ts';

/** How one caller is to see an answer of one server. */
export interface AnswerView {
  /** Where reasoning stands in answers of chat completions. */
  readonly field: ReasoningField;
  /** No reasoning at all, in no shape. */
  readonly hide: boolean;
  readonly thinkTags: ThinkTags;
  /** The chunk with the usage was asked for by the gateway alone. */
  readonly hidesUsage: boolean;
}

/** Reads the answers of one endpoint of a model server's API, and makes them what the caller is to see. */
export interface AnswerShape {
  readonly facts: AnswerFacts;
  /** What is sent in place of one event of a stream; the document itself: it stays as it is. */
  readonly event: (document: JsonRecord, name: string) => readonly JsonRecord[];
  /** What was held back to the end of a stream. */
  readonly rest: () => readonly JsonRecord[];
  /** What is sent in place of a whole answer. */
  readonly whole: (document: JsonRecord) => JsonRecord;
  /** Reasoning was sent that should not have been: nothing more may be. */
  readonly hasLeaked: boolean;
}
