import { expect, test } from '@jest/globals';

import {
  badRequest,
  bareBadRequest,
  internalError,
  notFound,
  resetBeforeHeaders,
} from '../../../src/dataplane/denial.ts';

test.each([
  [badRequest('bad_host', 'x'), 400, 'Bad Request', true],
  [bareBadRequest('x'), 400, '', true],
  [notFound, 404, '', undefined],
  [internalError('x'), 500, '', undefined],
  [
    resetBeforeHeaders(503, 'reset', 'connection termination'),
    503,
    'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    undefined,
  ],
])('%j says %i in the words of Envoy, and nothing of its detail', (denial, status, body, close) => {
  expect(denial).toMatchObject({ status, body });
  expect(denial.close).toBe(close);
});
