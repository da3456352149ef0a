/** An answer to bytes that are no request. */
export interface ClientErrorReply {
  readonly status: number;
  readonly text: string;
}

const replies = new Map<string | undefined, ClientErrorReply>([
  ['HPE_HEADER_OVERFLOW', { status: 431, text: 'Request Header Fields Too Large' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, text: 'Payload Too Large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, text: 'Request Timeout' }],
]);

const badRequest: ClientErrorReply = { status: 400, text: 'Bad Request' };

/** What a code of node's parser or server means; undefined: the connection is gone, nobody is there to answer. */
export function clientErrorReply(code: string | undefined): ClientErrorReply | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  return replies.get(code) ?? badRequest;
}

/** The answer as it goes on the wire, where no response object is at hand. */
export function rawReply({ status, text }: ClientErrorReply): string {
  return (
    `HTTP/1.1 ${status} ${text}\r\ncontent-type: text/plain\r\n` +
    `content-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`
  );
}
