import type { CorsPolicy } from '../ir/cors.ts';
import { compileRegex } from '../rbac/regex.ts';
import type { LocalReply } from './denial.ts';
import { removeLines, type HeaderLines } from './header-lines.ts';

/** A policy for other origins, ready to be asked. */
export interface PreparedCors {
  readonly allows: (origin: string) => boolean;
  /** The answer to a preflight of an allowed origin. */
  readonly preflight: (origin: string) => LocalReply;
  /** Says in an answer that the origin may read it; in place of what the upstream says. */
  readonly decorate: (lines: HeaderLines, origin: string) => void;
}

/** Prepares a policy; an expression has to cover the whole origin. */
export function prepareCors(policy: CorsPolicy): PreparedCors {
  const origins = new Set(policy.origins);
  const regexes = policy.originRegexes.map((pattern) => compileRegex(pattern));
  const allowed = (origin: string): readonly string[] => [
    'access-control-allow-origin',
    origin,
    ...line('access-control-allow-credentials', policy.allowCredentials === true && 'true'),
  ];
  const preflighted = [
    ...line('access-control-allow-methods', policy.allowMethods),
    ...line('access-control-allow-headers', policy.allowHeaders),
    ...line('access-control-max-age', policy.maxAge),
    ...line('access-control-expose-headers', policy.exposeHeaders),
  ];
  const exposed = line('access-control-expose-headers', policy.exposeHeaders);
  return {
    allows: (origin) =>
      origins.has('*') || origins.has(origin) || regexes.some((one) => one.testBytes(origin)),
    preflight: (origin) => ({
      status: 200,
      body: '',
      headers: [...allowed(origin), ...preflighted],
      isBare: true,
    }),
    decorate: (lines, origin) => {
      const added = [...allowed(origin), ...exposed];
      const names = new Set(added.filter((_text, index) => index % 2 === 0));
      removeLines(lines, (name) => names.has(name));
      lines.push(...added);
    },
  };
}

function line(name: string, value: string | false | undefined): readonly string[] {
  return typeof value === 'string' ? [name, value] : [];
}
