import type { TokenUsage } from './token-usage.ts';

/** What an answer says of itself; whoever reads it writes this. */
export interface AnswerFacts {
  /** Empty: it does not say. */
  model: string;
  finishReason: string;
  usage: TokenUsage | undefined;
  /** Pieces with something of the answer in them; of one that is broken off the only count there is. */
  pieces: number;
  /** It says that it is over, by itself or by an error. */
  isOver: boolean;
  /** Pieces that the client does not get. */
  hidden: number;
  /** What failed at the server, in its words: `insufficient_system_resource`, or the code of an error; empty: nothing. */
  fault: string;
}

/** Nothing is known yet. */
export function newAnswerFacts(): AnswerFacts {
  return {
    model: '',
    finishReason: '',
    usage: undefined,
    pieces: 0,
    isOver: false,
    hidden: 0,
    fault: '',
  };
}
