import { describe, expect, test } from '@jest/globals';
import { errors } from 'undici';

import { isStaleConnection, upstreamFault } from '../../../src/dataplane/upstream-fault.ts';

const coded = (code: string): Error => Object.assign(new Error('secret'), { code });

describe('upstreamFault', () => {
  test.each([
    [coded('ECONNREFUSED'), false, 503, 'connect'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), false, 503, 'connect'],
    [new errors.ConnectTimeoutError('x'), false, 503, 'connect'],
    [new errors.InvalidArgumentError('secret'), false, 500, 'internal'],
    [coded('ECONNRESET'), true, 503, 'reset'],
    [new errors.SocketError('other side closed'), true, 503, 'reset'],
    [new errors.SocketError('bad response'), true, 502, 'protocol'],
    [new errors.HTTPParserError('x'), true, 502, 'protocol'],
    [new errors.HeadersOverflowError('x'), true, 502, 'protocol'],
    [new errors.HeadersTimeoutError('x'), true, 504, 'timeout'],
  ])('%s on a connection: %j is %i', (error, sent, status, reason) => {
    const fault = upstreamFault(error, sent);
    expect(fault).toMatchObject({ status, reason });
    expect(JSON.stringify(fault)).not.toContain('secret');
  });
});

describe('isStaleConnection', () => {
  test.each([
    [new errors.SocketError('other side closed', { bytesRead: 5 } as never), true],
    [new errors.SocketError('other side closed', { bytesRead: 0 } as never), false],
    [coded('EPIPE'), true],
    [coded('ECONNREFUSED'), false],
  ])('%s: %j', (error, expected) => {
    expect(isStaleConnection(error)).toBe(expected);
  });
});
