import type { CorsPolicy } from '../ir/cors.ts';
import { typedConfig, type EnvoyConfig } from './typed-config.ts';

/** Name of the filter that answers preflights. */
export const corsFilterName = 'envoy.filters.http.cors';

/** A policy for other origins; the filter reads it from the route. */
export function corsPolicy(policy: CorsPolicy): EnvoyConfig {
  const { origins, originRegexes, allowCredentials } = policy;
  const text = (name: string, value: string | undefined): EnvoyConfig =>
    value === undefined ? {} : { [name]: value };
  return typedConfig('extensions.filters.http.cors.v3.CorsPolicy', {
    allow_origin_string_match: [
      ...origins.map((exact) => ({ exact })),
      ...originRegexes.map((regex) => ({ safe_regex: { regex } })),
    ],
    ...text('allow_methods', policy.allowMethods),
    ...text('allow_headers', policy.allowHeaders),
    ...text('expose_headers', policy.exposeHeaders),
    ...text('max_age', policy.maxAge),
    ...(allowCredentials === true ? { allow_credentials: true } : {}),
  });
}
