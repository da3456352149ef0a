import type { BufferPerRouteSpec, BufferSpec } from '../api/buffer.ts';
import type { Findings } from './findings.ts';

/** All of a body is in memory while it is waited for. */
const largest = 64 * 1024 * 1024;

/** How large a body may be that is read as a whole. */
export function bodyLimit(
  { maxRequestBytes }: BufferSpec,
  path: string,
  findings: Findings,
): number {
  if (maxRequestBytes <= largest) return maxRequestBytes;
  findings.warn({
    reason: 'InvalidValue',
    path: `${path}.maxRequestBytes`,
    what: `bodies larger than ${largest} bytes get 413`,
    found: String(maxRequestBytes),
    accepted: `at most ${largest}`,
  });
  return largest;
}

/** The same for a route; 0: its bodies are not read first. Undefined: as on its listener. */
export function routeBodyLimit(
  { disabled, buffer }: BufferPerRouteSpec,
  path: string,
  findings: Findings,
): number | undefined {
  if (disabled === true) return 0;
  return buffer && bodyLimit(buffer, `${path}.buffer`, findings);
}
