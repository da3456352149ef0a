import { describe, expect, it } from '@jest/globals';
import { closed } from '../../../src/compile/closed.ts';

describe('closed', () => {
  it('answers 500 and keeps the cause for the log', () => {
    expect(closed('why')).toEqual({
      kind: 'closed',
      status: 500,
      body: 'Internal Server Error',
      detail: 'why',
    });
  });
});
