import { describe, expect, it } from '@jest/globals';
import { acceptedCommands, parseHeaderFormat } from '../../../src/compile/header-format.ts';

describe('parseHeaderFormat', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['100%% of %%', ['100% of %']],
    ['%REQ(X-A)%', [{ of: 'request', name: 'x-a' }]],
    [
      'a%REQ(host?:path):3%b',
      ['a', { of: 'request', name: ':authority', alternative: ':path', length: 3 }, 'b'],
    ],
    ['%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%', [{ of: 'peer' }]],
    ['%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%', [{ of: 'peer' }]],
    ['%PROTOCOL%%START_TIME%', [{ of: 'protocol' }, { of: 'time' }]],
  ])('%s', (text, parts) => {
    expect(parseHeaderFormat(text, 'request')).toEqual(parts);
    expect(parseHeaderFormat(text, 'response')).toEqual(parts);
  });

  it('reads of an answer only where there is one', () => {
    const text = '%RESP(x-a)%%RESPONSE_CODE%';
    const parts = [{ of: 'response', name: 'x-a' }, { of: 'status' }];
    expect(parseHeaderFormat(text, 'response')).toEqual(parts);
    expect(parseHeaderFormat(text, 'request')).toBe('%RESP(x-a)%');
    expect(parseHeaderFormat('%RESPONSE_CODE%', 'request')).toBe('%RESPONSE_CODE%');
  });

  it.each([
    ['50%', '%'],
    ['%HOSTNAME%', '%HOSTNAME%'],
    ['a%req(x)%', '%req(x)%'],
    ['%REQ%', '%REQ%'],
    ['%REQ()%', '%REQ()%'],
    ['%REQ(a?b?c)%', '%REQ(a?b?c)%'],
    ['%REQ(a b)%', '%REQ(a b)%'],
    ['%REQ(:status)%', '%REQ(:status)%'],
    ['%RESP(:path)%', '%RESP(:path)%'],
    ['%START_TIME(%Y)%', '%START_TIME(%Y)%'],
    ['%PROTOCOL:3%', '%PROTOCOL:3%'],
    ['%constructor%', '%constructor%'],
    ['%CONSTRUCTOR%', '%CONSTRUCTOR%'],
  ])('does not know %s', (text, piece) => {
    expect(parseHeaderFormat(text, 'response')).toBe(piece);
  });

  it('says what it knows', () => {
    expect(acceptedCommands).toContain('%REQ(name)%');
  });
});
