import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Call } from './call.ts';
import type { ClientResponse } from './client-message.ts';

/** A response that knows its call, so that one listener serves all of them and no request makes closures of its own. */
export class GatewayResponse<Request extends IncomingMessage = IncomingMessage>
  extends ServerResponse<Request>
  implements ClientResponse
{
  call: Call | undefined = undefined;
  expectsContinue = false;
  tunnel: Duplex | undefined = undefined;

  get bytesTaken(): number {
    return this.req.socket.bytesWritten;
  }

  get isLeaving(): boolean {
    return this.writableLength > 0;
  }

  cut(): void {
    const { socket, httpVersionMinor } = this.req;
    // Without a length and chunks, an orderly end of the connection would be the end of the answer.
    const delimitedByClose = httpVersionMinor === 0;
    if (delimitedByClose && !('encrypted' in socket)) socket.resetAndDestroy();
    else socket.destroy();
    this.destroy();
  }
}
