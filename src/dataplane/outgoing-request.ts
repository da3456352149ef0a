import type { Dispatcher } from 'undici';

import type { PreparedBackend } from '../llm/backend.ts';
import type { KeyRedaction } from '../llm/key-redaction.ts';
import type { Slot } from './account.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Denial } from './denial.ts';
import type { HeaderLines } from './header-lines.ts';
import type { RequestBody } from './request-body.ts';

/** A request as it goes to the upstream. */
export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: Buffer | RequestBody | null;
  /** The key that is in the headers, where it is not that of the cluster in the program of the call. */
  readonly backend?: PreparedBackend | undefined;
  /** Present: this may be one of several tries. */
  readonly owner?: TryOwner;
  /** Makes what takes the answer, in place of a {@link ResponseWriter}. */
  readonly sinkFor?: SinkFor;
  /** What it takes of its account; given back when it is over, in whatever way. */
  readonly slot?: Slot;
  /** Between two pieces of the answer, in place of what holds for the call; 0 = no bound. */
  readonly idleMs?: number;
}

/** What takes an answer; `fail` ends the request for a fault that is seen in it. */
export type SinkFor = (
  controller: Dispatcher.DispatchController,
  redaction: KeyRedaction | undefined,
  fail: (denial: Denial) => void,
) => AnswerSink;

/** Who has a try made, decides whether another one follows, and minds the time of the route. */
export interface TryOwner {
  /** The request is on a connection. */
  readonly started: () => void;
  /** True: the answer is not for the client, and this try is over. */
  readonly answered: (status: number, lines: HeaderLines) => boolean;
  /** What the client is told of a fault; undefined: nothing, since another try follows. */
  readonly failed: (denial: Denial) => Denial | undefined;
  /** The answer broke off when the client had some of it. */
  readonly broke?: (denial: Denial) => void;
  /** The connection is free again. */
  readonly ended: () => void;
}
