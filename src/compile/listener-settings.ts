import type { GatewaySpec } from '../api/gateway.ts';
import type { Listener } from '../ir/table.ts';
import { bodyLimit } from './body-limit.ts';
import type { Findings } from './findings.ts';
import { compileUpgrades } from './upgrades.ts';

const base = 'spec.httpGateway.options';

/** What a Gateway says of every request on its listener. */
export function listenerSettings(
  { httpGateway }: GatewaySpec,
  findings: Findings,
): Partial<Listener> {
  const manager = httpGateway?.options?.httpConnectionManagerSettings;
  const path = `${base}.httpConnectionManagerSettings.upgrades`;
  const upgrades = compileUpgrades(manager?.upgrades, path, findings);
  const buffer = httpGateway?.options?.buffer;
  return {
    ...(upgrades ? { upgrades } : {}),
    ...(buffer ? { maxBodyBytes: bodyLimit(buffer, `${base}.buffer`, findings) } : {}),
  };
}
