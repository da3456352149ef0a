import type { Listener, Route } from '../ir/table.ts';
import { typedConfig, type EnvoyConfig } from './typed-config.ts';

/** Name of the filter that reads bodies first. */
const name = 'envoy.filters.http.buffer';

/** The filter of a listener that reads bodies first. */
export function bufferFilter({ maxBodyBytes }: Listener): readonly EnvoyConfig[] {
  if (maxBodyBytes === undefined) return [];
  const message = 'extensions.filters.http.buffer.v3.Buffer';
  return [{ name, typed_config: typedConfig(message, { max_request_bytes: maxBodyBytes }) }];
}

/** What a route has in place of it, by the name of the filter. */
export function bufferPerRoute({
  maxBodyBytes,
}: Route): readonly (readonly [string, EnvoyConfig])[] {
  if (maxBodyBytes === undefined) return [];
  const override =
    maxBodyBytes === 0 ? { disabled: true } : { buffer: { max_request_bytes: maxBodyBytes } };
  const message = 'extensions.filters.http.buffer.v3.BufferPerRoute';
  return [[name, typedConfig(message, override)]];
}
