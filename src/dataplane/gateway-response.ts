import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Call } from './call.ts';

/** A response that knows its call, so that one listener serves all of them and no request makes closures of its own. */
export class GatewayResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  call: Call | undefined = undefined;
  /** The client waits for `100 Continue` before it sends its body. */
  expectsContinue = false;
  /** The connection itself, where the protocol may be changed. */
  tunnel: Duplex | undefined = undefined;
}
