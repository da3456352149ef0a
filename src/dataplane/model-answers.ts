import type { ModelRequest } from '../llm/model-request.ts';
import type { Call } from './call.ts';
import type { Denial } from './denial.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';
import { ModelAnswer } from './model-answer.ts';
import type { ModelTarget } from './model-targets.ts';
import type { SinkFor } from './outgoing-request.ts';
import { answerView } from './reasoning-view.ts';
import { TokenTimers } from './token-timers.ts';

/** What an answer asks of those who decide about other servers. */
export interface AnswerOwner {
  readonly hasNext: boolean;
  readonly committed: (isServed: boolean) => void;
}

/** Has a server send what can be read. */
export function asksUnencoded(lines: HeaderLines): void {
  removeLines(lines, (name) => name === 'accept-encoding');
  lines.push('accept-encoding', 'identity');
}

/** Takes the answers to one request for a model, one try after the other. */
export class ModelAnswers {
  readonly #call: Call;
  readonly #request: ModelRequest;
  readonly #timers: TokenTimers;

  constructor(call: Call, request: ModelRequest) {
    this.#call = call;
    this.#request = request;
    this.#timers = new TokenTimers(call.context.clock, call.exchange.route?.route.llm?.timeouts);
  }

  /** Makes what takes the answer of one server; `asksUsage`: the gateway asked it for the tokens of a stream. */
  sinkFor({ upstream }: ModelTarget, owner: AnswerOwner): SinkFor {
    const { endpoint, asksUsage } = this.#request;
    const call = this.#call;
    const rules = {
      endpoint,
      view: answerView(call.exchange, upstream.backend?.settings, !asksUsage),
      timers: this.#timers,
      hasNext: () => owner.hasNext,
      committed: (isServed: boolean) => owner.committed(isServed),
    };
    return (controller, redaction, fail) =>
      new ModelAnswer({ call, fail }, rules, controller, redaction);
  }

  /** A request is on its way; only of a stream is it seen when its first token comes. */
  started(fail: (denial: Denial) => void): void {
    if (this.#request.stream) this.#timers.start(fail);
  }

  /** That request is over. */
  stopped(): void {
    this.#timers.stop();
  }
}
