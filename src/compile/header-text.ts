import { shown } from './findings.ts';
import type { HostScope } from './providers.ts';

/** Lines that frame a message or belong to one connection. */
const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Name of a header (RFC 9110 section 5.6.2). */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}

/** Whether a header belongs to one connection: it never goes on. */
export function isHopByHop(name: string): boolean {
  return framing.has(name) && name !== 'content-length';
}

/** Whether a text can be the value of a header. */
export function isHeaderText(text: string): boolean {
  return /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/.test(text);
}

/** Notes a header that cannot be changed: it would change where a message ends, or where a request goes. */
export function checkName(
  name: string,
  { path, verb }: { readonly path: string; readonly verb: string },
  { findings }: Pick<HostScope, 'findings'>,
): void {
  const isRoute = name.startsWith(':') || name === 'host';
  if (!isRoute && !framing.has(name) && isHeaderName(name)) return;
  findings.error({
    reason: 'InvalidValue',
    path,
    what: `this header may not be ${verb}`,
    found: shown(name),
    accepted: isRoute ? 'another header; hostRewrite changes Host' : 'the name of another header',
    ...(isRoute
      ? { gloo: `: -prefixed or host headers may not be ${verb}. Received '${name}' header` }
      : {}),
  });
}
