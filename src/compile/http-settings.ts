import type { GatewaySpec } from '../api/gateway.ts';
import { durationMs } from '../base/duration.ts';
import type { HttpSettings } from '../ir/http-settings.ts';
import type { Findings } from './findings.ts';
import { checkHeadText } from './head-text.ts';

type HttpOptions = NonNullable<NonNullable<GatewaySpec['httpGateway']>['options']>;
type HttpManagerSpec = NonNullable<HttpOptions['httpConnectionManagerSettings']>;

const kibibyte = 1024;
/** Of a head, as everywhere: a larger one is refused before any setting is looked at. */
const largestHeadKb = 16;

/** Compiles what a Gateway says of connections and requests; undefined: nothing that changes anything. */
export function httpSettings(
  written: HttpManagerSpec,
  path: string,
  findings: Findings,
): HttpSettings | undefined {
  const { mergeSlashes, maxHeadersCount, maxRequestHeadersKb, serverName } = written;
  const streamIdleMs = durationMs(written.streamIdleTimeout ?? '');
  const maxStreamMs = durationMs(written.maxStreamDuration ?? '');
  // Zero is Envoy's default: none.
  const requestTimeoutMs = durationMs(written.requestTimeout ?? '') || undefined;
  if (serverName) checkHeadText(serverName, `${path}.serverName`, { findings });
  const maxHeadBytes = headBytes(maxRequestHeadersKb, path, findings);
  const settings: HttpSettings = {
    ...(mergeSlashes === true ? { mergeSlashes } : {}),
    ...(maxHeadersCount ? { maxHeaderLines: maxHeadersCount } : {}),
    ...(maxHeadBytes === undefined ? {} : { maxHeadBytes }),
    ...(streamIdleMs === undefined ? {} : { streamIdleMs }),
    ...(maxStreamMs === undefined ? {} : { maxStreamMs }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    ...(serverName ? { serverName } : {}),
  };
  return Object.keys(settings).length > 0 ? settings : undefined;
}

function headBytes(
  kilobytes: number | undefined,
  path: string,
  findings: Findings,
): number | undefined {
  if (kilobytes === undefined) return undefined;
  if (kilobytes < largestHeadKb) return kilobytes * kibibyte;
  if (kilobytes > largestHeadKb) {
    findings.warn({
      reason: 'InvalidValue',
      path: `${path}.maxRequestHeadersKb`,
      what: `heads over ${largestHeadKb} KiB get 431 all the same`,
      found: String(kilobytes),
      accepted: `at most ${largestHeadKb}`,
    });
  }
  return undefined;
}
