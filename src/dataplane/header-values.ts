import { valuesOf } from './header-lines.ts';

// Envoy keeps one line of each of these and joins further ones to it.
const ONE_LINE: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-type',
  'grpc-timeout',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'origin',
  'pragma',
  'referer',
  'user-agent',
  'via',
  'x-client-trace-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
]);

/**
 * The values of a header that a condition looks at: each line is one, so that `x-plan: pro` cannot be hidden by a second line,
 * except where Envoy joins them.
 */
export function headerValues(lines: readonly string[], name: string): readonly string[] {
  const values = valuesOf(lines, name);
  return values.length > 1 && ONE_LINE.has(name) ? [values.join(',')] : values;
}
