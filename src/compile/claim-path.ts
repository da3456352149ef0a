import type { ClaimPath } from '../ir/llm.ts';
import { shown } from './findings.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

const defaultDelimiter = '.';

/** The steps to a claim by its written name; the delimiter absent is `.`, empty it makes the name literal. */
export function compileClaimPath(
  { value, path }: At<string>,
  delimiter: string | undefined,
  { findings }: HostScope,
): ClaimPath {
  const between = delimiter ?? defaultDelimiter;
  const steps = between === '' ? [value] : value.split(between);
  if (steps.includes('')) {
    findings.error({
      reason: 'InvalidValue',
      path,
      what: 'an empty step in a nested claim',
      found: shown(value),
      accepted: `names between every ${shown(between)}`,
    });
  }
  return steps;
}
