import type { ResponseHead } from './response-headers.ts';

/** Where the answer of an upstream goes. */
export interface AnswerSink {
  /** The client has got something of it. */
  readonly begun: boolean;
  /** False: there is nobody to answer. */
  readonly begin: (status: number, head: ResponseHead) => boolean;
  readonly write: (chunk: Buffer) => void;
  /** The answer is complete. */
  readonly end: () => void;
  /** Nothing more will be written. */
  readonly close: () => void;
}
