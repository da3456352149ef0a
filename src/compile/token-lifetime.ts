import type { Provider } from '../api/jwt.ts';
import { durationMs } from '../base/duration.ts';
import type { JwtProvider } from '../ir/jwt.ts';
import { shown, type Findings } from './findings.ts';

/** How long a provider's tokens may live; what is not asked for is absent. */
export function lifetimeRules(
  { requireExp, maxTokenLifetime }: Provider,
  path: string,
  { findings }: { readonly findings: Findings },
): Pick<JwtProvider, 'requireExp' | 'maxLifetimeSeconds'> {
  const seconds = Math.floor((durationMs(maxTokenLifetime ?? '') ?? 0) / 1000);
  // Zero, or less than the second that times of tokens are counted in, would refuse every token: more likely a mistake.
  if (maxTokenLifetime !== undefined && seconds === 0) {
    findings.error({
      reason: 'InvalidValue',
      path: `${path}.maxTokenLifetime`,
      what: 'no token could be good for that long',
      found: shown(maxTokenLifetime),
      accepted: '1s or more, for example 24h',
    });
  }
  return {
    ...(requireExp === true ? { requireExp } : {}),
    ...(seconds > 0 ? { maxLifetimeSeconds: seconds } : {}),
  };
}
