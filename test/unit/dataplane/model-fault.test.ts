import { expect, it, test } from '@jest/globals';
import { faultMessage, modelFault } from '../../../src/dataplane/model-fault.ts';
import { upstreamTimeout } from '../../../src/dataplane/upstream-fault.ts';

it.each([
  ['no token', 504, 'timeout'],
  ['no progress', 504, 'timeout'],
  ['cut off', 502, 'protocol'],
  ['unreadable', 502, 'protocol'],
  ['too long', 502, 'protocol'],
  ['leaked', 502, 'protocol'],
  ['failed', 503, 'model_error'],
] as const)('%s is %i', (fault, status, reason) => {
  const denial = modelFault(fault);
  expect(denial).toMatchObject({ status, reason, detail: fault, contentType: 'application/json' });
  const { error } = JSON.parse(denial.body) as { error: { type: string; message: string } };
  expect(error.type).toBe(reason);
  expect(faultMessage(denial)).toBe(error.message);
});

test('of other faults is told what a client can use', () => {
  expect(faultMessage(upstreamTimeout)).toBe('The answer took longer than it may.');
  const body = 'upstream connect error';
  const reset = { status: 503, body, reason: 'reset', detail: '' } as const;
  expect(faultMessage(reset)).toBe('The model server broke off its answer.');
});
