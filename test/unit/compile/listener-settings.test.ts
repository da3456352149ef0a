import { describe, expect, it } from '@jest/globals';

import type { GatewaySpec } from '../../../src/api/gateway.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { listenerSettings } from '../../../src/compile/listener-settings.ts';

type Options = NonNullable<NonNullable<GatewaySpec['httpGateway']>['options']>;

function settingsOf(options: Options) {
  const findings = createFindings();
  const settings = listenerSettings({ httpGateway: { options } }, findings);
  return { settings, found: findings.list.map(({ severity, path }) => `${severity} ${path}`) };
}

describe('listenerSettings', () => {
  it.each<[string, Options, object]>([
    ['nothing', {}, {}],
    ['a bound of bodies', { buffer: { maxRequestBytes: 9 } }, { maxBodyBytes: 9 }],
    [
      'upgrades',
      { httpConnectionManagerSettings: { upgrades: [{ websocket: { enabled: false } }] } },
      { upgrades: [] },
    ],
  ])('%s', (_title, options, expected) => {
    expect(settingsOf(options)).toEqual({ settings: expected, found: [] });
  });
});
