import type { Call } from './call.ts';
import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';
import { collectBody } from './request-body.ts';

/** How large a body may be that is read before anything is done with the request; undefined: it is not. */
export function bufferLimit({ listener: { listener }, route }: Exchange): number | undefined {
  const { maxBodyBytes } = listener;
  if (maxBodyBytes === undefined) return undefined;
  const own = route?.route.maxBodyBytes ?? maxBodyBytes;
  return own === 0 ? undefined : own;
}

/** Of a body that says how long it is, no byte has to come to know that it is too long. */
export function bodyLimitStage(exchange: Exchange): Denial | undefined {
  if (exchange.contentLength === 0) return undefined;
  const limit = bufferLimit(exchange);
  if (limit !== undefined) exchange.trace?.push(`bodies of up to ${limit} bytes are read first`);
  return limit !== undefined && exchange.contentLength > limit ? tooLarge : undefined;
}

/** Reads the body of a request as a whole, of which from then on the length is known. */
export function bufferBody(call: Call, limit: number, then: () => void): void {
  const { exchange, request } = call;
  collectBody(request, {
    declared: exchange.contentLength,
    limit,
    slow: () => call.awaitBody(),
    done: (collected) => {
      if (collected === 'aborted' || call.answered) return;
      if (collected === 'too large') {
        call.deny(tooLarge);
        return;
      }
      call.body = collected;
      exchange.contentLength = collected.length;
      exchange.chunked = false;
      then();
    },
  });
}

const tooLarge: Denial = {
  status: 413,
  body: 'Payload Too Large',
  reason: 'too_large',
  detail: 'the body is larger than its buffer',
  close: true,
};
