import { messageOf } from '../base/errors.ts';

/** There is no connection to the API server: nothing that was asked has reached it, and asking again costs it nothing. */
export class NoConnectionError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'NoConnectionError';
  }
}
