import type { UpgradesSpec } from '../api/upgrades.ts';
import type { Findings } from './findings.ts';

/** Compiles what is said of WebSocket; undefined: nothing is, so that it is as elsewhere. */
export function compileUpgrades(
  written: UpgradesSpec | undefined,
  path: string,
  findings: Findings,
): readonly 'websocket'[] | undefined {
  const said = (written ?? []).flatMap(({ websocket }, index) =>
    websocket ? [{ index, enabled: websocket.enabled ?? true }] : [],
  );
  const [first, second] = said;
  if (second) {
    findings.error({
      reason: 'ConflictingFields',
      path: `${path}[${second.index}].websocket`,
      what: 'WebSocket is there twice',
      found: `the same at ${path}[${first?.index}]`,
      accepted: 'websocket once',
    });
  }
  if (!first) return undefined;
  return first.enabled ? ['websocket'] : [];
}
