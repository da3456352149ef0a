import type { HttpSettings } from '../ir/http-settings.ts';
import { protoDuration, type EnvoyConfig } from './typed-config.ts';

const kibibyte = 1024;

/** Fields of Envoy's connection manager for what a listener says of connections and requests. */
export function managerSettings(settings: HttpSettings = {}): EnvoyConfig {
  const { mergeSlashes, maxHeadBytes, streamIdleMs, requestTimeoutMs, serverName } = settings;
  const common = commonOptions(settings);
  return {
    merge_slashes: mergeSlashes === true,
    ...(maxHeadBytes === undefined
      ? {}
      : { max_request_headers_kb: Math.ceil(maxHeadBytes / kibibyte) }),
    ...(streamIdleMs === undefined ? {} : { stream_idle_timeout: protoDuration(streamIdleMs) }),
    ...(requestTimeoutMs === undefined ? {} : { request_timeout: protoDuration(requestTimeoutMs) }),
    ...(serverName === undefined ? {} : { server_name: serverName }),
    ...(common ? { common_http_protocol_options: common } : {}),
  };
}

function commonOptions({ maxHeaderLines, maxStreamMs = 0 }: HttpSettings): EnvoyConfig | undefined {
  if (maxHeaderLines === undefined && maxStreamMs === 0) return undefined;
  return {
    ...(maxHeaderLines === undefined ? {} : { max_headers_count: maxHeaderLines }),
    ...(maxStreamMs === 0 ? {} : { max_stream_duration: protoDuration(maxStreamMs) }),
  };
}
