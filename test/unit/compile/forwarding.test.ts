import { describe, expect, it } from '@jest/globals';

import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

async function actionOf(host: object, options: object, more = '') {
  const virtualHost = { options: host, routes: [{ ...toEcho, options }] };
  const compiled = await compileYaml(
    echo + withSpec('VirtualService', 'web', { virtualHost }) + more,
  );
  return compiled.route('web').action;
}

const always = { retryOn: '5xx' };

describe('forwardingOptions', () => {
  it('leaves out what nobody wrote', async () => {
    expect(Object.keys(await actionOf({}, {}))).toEqual(['kind', 'destinations', 'timeoutMs']);
  });

  it.each([
    ['of the virtual host', { retries: always }, {}, { on: ['5xx'] }],
    [
      'of the route alone',
      { retries: always },
      { retries: { retryOn: 'reset' } },
      { on: ['reset'] },
    ],
    [
      'none, where the route has one without a word',
      { retries: always },
      { retries: { numRetries: 2 } },
      undefined,
    ],
  ])('takes retries %s', async (_title, host, options, expected) => {
    const action = await actionOf(host, options);
    if (expected === undefined) expect(action).not.toHaveProperty('retry');
    else expect(action).toMatchObject({ retry: expected });
  });

  it('has the limits of the stream, zero too', async () => {
    const options = { idleTimeout: '0s', maxStreamDuration: { maxStreamDuration: '2s' } };
    expect(await actionOf({}, options)).toMatchObject({ idleTimeoutMs: 0, maxDurationMs: 2000 });
  });

  it('counts tries for whom the virtual host says', async () => {
    const action = await actionOf({ includeAttemptCountInResponse: true }, {});
    expect(action).toMatchObject({ attemptCount: { request: false, response: true } });
    expect(await actionOf({ includeRequestAttemptCount: false }, {})).not.toHaveProperty(
      'attemptCount',
    );
  });
});
