import { kinds } from '../api/kinds.ts';
import { problemLine, type Reason } from '../api/problem.ts';
import { refKey, type Entry } from '../api/resource.ts';
import { deepFreeze } from '../base/deep-freeze.ts';
import type { Condition, Finding, Outcome, ResourceState } from '../ir/outcome.ts';
import type { Verdict } from './context.ts';
import type { CompileState } from './compile-state.ts';
import type { Noted } from './findings.ts';

/** Faults of references: they make ResolvedRefs false. */
const referenceReasons: readonly Reason[] = [
  'UpstreamNotFound',
  'UpstreamNotReady',
  'SecretNotFound',
  'ServiceNotFound',
  'NoEndpoints',
  'RefNotPermitted',
  'ReferenceNotFound',
  'ForbiddenAddress',
  'KindForbidden',
];

/** An outcome, and what it was made of. */
export interface KnownOutcome {
  readonly entry: Entry;
  readonly verdict: Verdict | undefined;
  readonly outcome: Outcome;
}

/**
 * One outcome for each resource of ours, in the order of kind, namespace and name: the same object as in the former compile
 * while it says the same.
 */
export function outcomesOf(state: CompileState): readonly Outcome[] {
  return kinds.flatMap(({ kind }) =>
    state.resources.list(kind).map((entry) => keptOutcome(entry, state)),
  );
}

function keptOutcome(entry: Entry, { memory, verdicts }: CompileState): Outcome {
  const key = refKey(entry.ref);
  const verdict = verdicts.get(key);
  const last = memory.former.outcomes.get(key);
  const isSame = last?.entry === entry && last.verdict === verdict;
  const known = last && isSame ? last : compiledOutcome(entry, verdict, last?.outcome);
  memory.next.outcomes.set(key, known);
  return known.outcome;
}

function compiledOutcome(
  entry: Entry,
  verdict: Verdict | undefined,
  last: Outcome | undefined,
): KnownOutcome {
  const outcome = outcomeOf(entry, verdict);
  const isEqual = last && JSON.stringify(last) === JSON.stringify(outcome);
  return { entry, verdict, outcome: isEqual ? last : deepFreeze(outcome) };
}

function outcomeOf(entry: Entry, verdict: Verdict | undefined): Outcome {
  const findings = verdict?.findings ?? [];
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const state: ResourceState =
    errors.length > 0 ? 'Rejected' : warnings.length > 0 ? 'Warning' : 'Accepted';
  const servingLastGood = verdict?.servingLastGood ?? false;
  return {
    ref: entry.ref,
    ...(entry.uid === undefined ? {} : { uid: entry.uid }),
    ...(entry.generation === undefined ? {} : { observedGeneration: entry.generation }),
    origin: entry.origin,
    state,
    reason: errors.length > 0 ? errorText(errors) : warningText(warnings),
    conditions: [accepted(errors, warnings, tailOf(verdict)), resolvedRefs(findings)],
    findings: keptFindings(findings),
    keySets: verdict?.keySets ?? [],
    servingLastGood,
  };
}

/** Nobody mends more at one go, and each costs memory and every reader of outcomes its time. */
const mostFindings = 500;

/** Of too many, those on the whole resource and errors before warnings, and at the end how many more there are. */
function keptFindings(findings: readonly Noted[]): readonly Finding[] {
  const shownFindings = findings.map(({ severity, reason, path, message }) => ({
    severity,
    reason,
    path,
    message,
  }));
  if (findings.length <= mostFindings) return shownFindings;
  shownFindings.sort((a, b) => rankOf(a) - rankOf(b));
  const [next, ...others] = shownFindings.splice(mostFindings - 1);
  if (!next) return shownFindings;
  return [...shownFindings, { ...next, message: `${next.message}; and ${others.length} more` }];
}

function rankOf({ path, severity }: Finding): number {
  if (!path.includes('.')) return 0;
  return severity === 'error' ? 1 : 2;
}

/** Gloo's multi-error text. */
function errorText(errors: readonly Noted[]): string {
  const title = errors.length === 1 ? '1 error occurred:' : `${errors.length} errors occurred:`;
  return `${title}\n${errors.map((error) => `\t* ${glooText(error)}\n`).join('')}\n`;
}

function warningText(warnings: readonly Noted[]): string {
  if (warnings.length === 0) return '';
  return `warning: \n  ${warnings.map(glooText).join('\n  ')}`;
}

function glooText(finding: Noted): string {
  return finding.gloo ?? problemLine(finding);
}

/** The API server takes conditions of 32768 characters at most, and nobody reads that much. */
const maxMessageLength = 8192;

function sentences(findings: readonly Noted[]): string {
  let text = '';
  for (const [index, finding] of findings.entries()) {
    const next = `${index === 0 ? '' : '; '}${problemLine(finding)}`;
    if (text.length + next.length > maxMessageLength) {
      return `${text}; and ${findings.length - index} more`;
    }
    text += next;
  }
  return text;
}

/** What serves in place of what is rejected. */
function tailOf(verdict: Verdict | undefined): string {
  if (verdict?.servingLastGood !== true) return '';
  const version = '; the last accepted version keeps serving';
  return verdict.withLastCertificate === true
    ? `${version}, with the last certificate that loaded`
    : version;
}

function accepted(errors: readonly Noted[], warnings: readonly Noted[], tail: string): Condition {
  const [first] = errors;
  if (first) {
    return {
      type: 'Accepted',
      status: 'False',
      reason: first.reason,
      message: `${sentences(errors)}${tail}`,
    };
  }
  return {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: sentences(warnings),
  };
}

function resolvedRefs(findings: readonly Noted[]): Condition {
  const faults = findings.filter(({ reason }) => referenceReasons.includes(reason));
  const [first] = faults;
  return first
    ? {
        type: 'ResolvedRefs',
        status: 'False',
        reason: first.reason,
        message: sentences(faults),
      }
    : { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: '' };
}
