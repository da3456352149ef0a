import type { RetryPolicy } from '../ir/retry.ts';
import type { ForwardAction, Shadow, VirtualHost } from '../ir/table.ts';
import { protoDuration, type EnvoyConfig } from './typed-config.ts';

/** Fields of an Envoy route action that say how requests are forwarded, besides where to. */
export function forwarding(action: ForwardAction): EnvoyConfig {
  const { retry, upgrades, shadow, idleTimeoutMs, maxDurationMs } = action;
  return {
    ...(shadow ? { request_mirror_policies: [mirrorPolicy(shadow)] } : {}),
    ...(upgrades ? { upgrade_configs: upgradeConfigs(upgrades) } : {}),
    ...(retry ? { retry_policy: retryPolicy(retry) } : {}),
    ...(idleTimeoutMs === undefined ? {} : { idle_timeout: protoDuration(idleTimeoutMs) }),
    ...(maxDurationMs === undefined
      ? {}
      : { max_stream_duration: { max_stream_duration: protoDuration(maxDurationMs) } }),
  };
}

function mirrorPolicy({ cluster, percent }: Shadow): EnvoyConfig {
  const share = { numerator: Math.round(percent * 10_000), denominator: 'MILLION' };
  return { cluster, runtime_fraction: { default_value: share } };
}

/** WebSocket is turned on or off. */
export function upgradeConfigs(upgrades: readonly 'websocket'[]): readonly EnvoyConfig[] {
  return [{ upgrade_type: 'websocket', enabled: upgrades.includes('websocket') }];
}

/** Fields of an Envoy virtual host: all its routes count tries, or none. */
export function attemptCount({ routes }: VirtualHost): EnvoyConfig {
  const counts = routes.flatMap(({ action }) =>
    action.kind === 'forward' && action.attemptCount ? [action.attemptCount] : [],
  );
  return {
    ...(counts.some(({ request }) => request) ? { include_request_attempt_count: true } : {}),
    ...(counts.some(({ response }) => response) ? { include_attempt_count_in_response: true } : {}),
  };
}

function retryPolicy({
  on,
  statusCodes,
  retries,
  perTryTimeoutMs,
  ...back
}: RetryPolicy): EnvoyConfig {
  return {
    retry_on: on.join(','),
    num_retries: retries,
    ...(statusCodes.length > 0 ? { retriable_status_codes: statusCodes } : {}),
    ...(perTryTimeoutMs === undefined ? {} : { per_try_timeout: protoDuration(perTryTimeoutMs) }),
    retry_back_off: {
      base_interval: protoDuration(back.baseIntervalMs),
      max_interval: protoDuration(back.maxIntervalMs),
    },
  };
}
