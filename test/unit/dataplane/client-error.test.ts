import { describe, expect, test } from '@jest/globals';

import { clientErrorReply, rawReply } from '../../../src/dataplane/client-error.ts';

describe('clientErrorReply', () => {
  test.each([
    ['HPE_HEADER_OVERFLOW', 431],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_INVALID_METHOD', 400],
    [undefined, 400],
    ['constructor', 400],
  ])('%s is %i', (code, status) => {
    expect(clientErrorReply(code)?.status).toBe(status);
  });

  test.each(['ECONNRESET', 'EPIPE'])('%s has nobody to answer', (code) => {
    expect(clientErrorReply(code)).toBeUndefined();
  });
});

test('rawReply is a whole answer and the last one', () => {
  expect(rawReply({ status: 400, text: 'Bad Request' })).toBe(
    'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 11\r\nconnection: close\r\n\r\nBad Request',
  );
});
