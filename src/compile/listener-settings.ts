import type { GatewaySpec } from '../api/gateway.ts';
import type { Listener } from '../ir/table.ts';
import { bodyLimit } from './body-limit.ts';
import type { Findings } from './findings.ts';
import { httpSettings } from './http-settings.ts';
import { compileUpgrades } from './upgrades.ts';

const base = 'spec.httpGateway.options';

/** What a Gateway says of every request on its listener. */
export function listenerSettings(
  { httpGateway }: GatewaySpec,
  findings: Findings,
): Partial<Listener> {
  const manager = httpGateway?.options?.httpConnectionManagerSettings;
  const path = `${base}.httpConnectionManagerSettings`;
  const upgrades = compileUpgrades(manager?.upgrades, `${path}.upgrades`, findings);
  const http = manager && httpSettings(manager, path, findings);
  const buffer = httpGateway?.options?.buffer;
  return {
    ...(upgrades ? { upgrades } : {}),
    ...(http ? { http } : {}),
    ...(buffer ? { maxBodyBytes: bodyLimit(buffer, `${base}.buffer`, findings) } : {}),
  };
}
