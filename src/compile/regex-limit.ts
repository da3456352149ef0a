import type { CompileContext } from './context.ts';
import { shown } from './findings.ts';
import type { HostScope } from './providers.ts';

/** Where an expression stands; of one that stands for a claim or a header, which may be a secret, nothing is repeated. */
export interface RegexPlace {
  readonly path: string;
  readonly isSecret?: boolean;
}

/** Notes an error when an expression is empty, too long (Settings `gloo.regexMaxProgramSize`) or not RE2. */
export function checkRegex(
  pattern: string,
  { path, isSecret = false }: RegexPlace,
  { context, findings, namespace, name }: HostScope,
): void {
  const fault = faultOf(pattern, context);
  if (fault === undefined) return;
  // RE2 ends its texts in a piece of the expression.
  const told = isSecret ? fault.replace(/: `[^]*$/, '') : fault;
  findings.error({
    reason: 'InvalidRegex',
    path,
    what: `invalid regular expression: ${told}`,
    found: isSecret ? `a text of ${pattern.length} characters` : shown(pattern),
    accepted: 'RE2 syntax (no look-around, no back-references)',
    gloo: `virtual service [${namespace}.${name}] has a regex matcher with invalid regex, ${told}`,
  });
}

function faultOf(pattern: string, { settings, tools }: CompileContext): string | undefined {
  const limit = settings.regexMaxLength;
  if (pattern === '') return 'it is empty';
  if (pattern.length > limit) return `it has ${pattern.length} characters, the limit is ${limit}`;
  return tools.checkRegex(pattern);
}
