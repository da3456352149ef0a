import type { Denial } from './denial.ts';
import type { ResponseHead } from './response-headers.ts';

/** Where the answer of an upstream goes. */
export interface AnswerSink {
  /** The client has got something of it. */
  readonly begun: boolean;
  /** False: there is nobody to answer. */
  readonly begin: (status: number, head: ResponseHead) => boolean;
  readonly write: (chunk: Buffer) => void;
  /** What is missing when the upstream says that there is no more; absent: that cannot be seen. */
  readonly lacks?: () => Denial | undefined;
  /** Of an answer that has begun: there will be no more of it, and the client has to see that. Absent: it is cut. */
  readonly interrupt?: (denial: Denial) => void;
  /** The answer is complete. */
  readonly end: () => void;
  /** Nothing more will be written. */
  readonly close: () => void;
}
