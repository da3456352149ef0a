import { shown } from './findings.ts';
import type { HostScope } from './providers.ts';

/** Notes an error when an expression is empty, too long (Settings `gloo.regexMaxProgramSize`) or not RE2. */
export function checkRegex(
  pattern: string,
  where: { readonly path: string; readonly gloo: string },
  { context, findings }: Pick<HostScope, 'context' | 'findings'>,
): void {
  const limit = context.settings.regexMaxLength;
  const fault =
    pattern === ''
      ? 'it is empty'
      : pattern.length > limit
        ? `it has ${pattern.length} characters, the limit is ${limit}`
        : context.tools.checkRegex(pattern);
  if (fault === undefined) return;
  findings.error({
    reason: 'InvalidRegex',
    path: where.path,
    what: `invalid regular expression: ${fault}`,
    found: shown(pattern),
    accepted: 'RE2 syntax (no look-around, no back-references)',
    gloo: `${where.gloo} has a regex matcher with invalid regex, ${fault}`,
  });
}
