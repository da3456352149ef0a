import { readModelRequest } from '../llm/model-request.ts';
import type { Denial, LocalReply } from './denial.ts';
import { endpointOfModel, namesModel } from './endpoint-of-model.ts';
import type { Exchange } from './exchange.ts';
import {
  clusterRefusal,
  isEncoded,
  modelBodyTooLarge,
  unreadableCoding,
  unusableBody,
} from './forward-refusal.ts';
import { permittedTargets, withoutModel } from './model-access.ts';
import { isForModel } from './model-forward.ts';
import { couldNameUser, unseenUser } from './unseen-user.ts';
import type { Upstream } from './upstream.ts';

/** A model server that is asked about, and the body of the request. */
interface Asked {
  readonly upstream: Upstream;
  /** It and those beside it. */
  readonly all: readonly { readonly upstream: Upstream }[];
  readonly body: string;
}

/** What the gateway answers itself to a request for a model, as far as that server goes; undefined: it may be asked. */
export function explainModel(
  exchange: Exchange,
  { upstream, all, body }: Asked,
): Denial | LocalReply | undefined {
  if (!isForModel(exchange, upstream)) return undefined;
  const endpoint = endpointOfModel(exchange, upstream);
  if (!namesModel(endpoint)) {
    const usable = all.filter((one) => clusterRefusal(exchange, one.upstream) === undefined);
    const answer = withoutModel(exchange, endpoint, usable);
    return answer ?? (couldNameUser(exchange, upstream) ? unseenUser : undefined);
  }
  if (exchange.contentLength > exchange.limits.modelBytes) return modelBodyTooLarge;
  if (isEncoded(exchange.headers)) return unreadableCoding;
  const request = readModelRequest(endpoint, Buffer.from(body));
  if ('message' in request) return unusableBody(request.message);
  const permitted = permittedTargets(exchange, request, [{ upstream }]);
  return 'status' in permitted ? permitted : undefined;
}
