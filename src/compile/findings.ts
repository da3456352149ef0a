import { explainProblem, type Reason } from '../api/problem.ts';
import type { Finding } from '../ir/outcome.ts';

/** A finding while compiling; `gloo` is Gloo's own text where it has one, for `status.statuses`. */
export interface Noted extends Finding {
  readonly reason: Reason;
  readonly gloo?: string;
}

/** What to say: `found` and `accepted` may be left out where they would only repeat `what`. */
export interface Note {
  readonly reason: Reason;
  readonly path: string;
  readonly what: string;
  readonly found?: string;
  readonly accepted?: string;
  readonly gloo?: string;
}

/** Collects the findings on one resource. */
export interface Findings {
  readonly error: (note: Note) => void;
  readonly warn: (note: Note) => void;
  readonly list: readonly Noted[];
  readonly hasErrors: () => boolean;
}

/** An empty list of findings; one that several routes lead to is in it once. */
export function createFindings(): Findings {
  const list: Noted[] = [];
  // Most lists stay empty, and there is one for every matcher.
  let seen: Set<string> | undefined;
  const add = (severity: 'error' | 'warning', note: Note): void => {
    const message =
      note.found === undefined || note.accepted === undefined
        ? note.what
        : `${note.what}: ${explainProblem(note.found, note.accepted)}`;
    const gloo = note.gloo === undefined ? {} : { gloo: note.gloo };
    const key = `${severity} ${note.reason} ${note.path} ${message}`;
    seen ??= new Set();
    if (seen.has(key)) return;
    seen.add(key);
    list.push({ severity, reason: note.reason, path: note.path, message, ...gloo });
  };
  return {
    error: (note) => add('error', note),
    warn: (note) => add('warning', note),
    list,
    hasErrors: () => list.some((finding) => finding.severity === 'error'),
  };
}

/** A value as it may be shown: quoted and cut. */
export function shown(value: string): string {
  const cut = value.length > 80 ? `${value.slice(0, 77)}...` : value;
  return JSON.stringify(cut);
}

/** Passes findings on, errors as warnings where only a part is lost by them. */
export function copyFindings(from: Findings, to: Findings, asWarnings: boolean): void {
  for (const { severity, message, reason, path, gloo } of from.list) {
    const note = { reason, path, what: message, ...(gloo === undefined ? {} : { gloo }) };
    if (severity === 'error' && !asWarnings) to.error(note);
    else to.warn(note);
  }
}
