import { explainProblem, problemLine, type Reason } from '../api/problem.ts';
import { refKey } from '../api/resource.ts';
import type { Finding, ResourceRef } from '../ir/outcome.ts';

/** A finding while compiling; `gloo` is Gloo's own text where it has one, for `status.statuses`. */
export interface Noted extends Finding {
  readonly reason: Reason;
  readonly gloo?: string;
  /** Absent: the place is in the resource that is compiled. */
  readonly at?: Origin;
}

/** Another resource that the compiled one uses, and where that leads to it. */
export interface Origin {
  readonly ref: ResourceRef;
  /** Path in the resource that is compiled. */
  readonly via: string;
}

/** What to say: `found` and `accepted` may be left out where they would only repeat `what`. */
export interface Note {
  readonly reason: Reason;
  readonly path: string;
  readonly what: string;
  readonly found?: string;
  readonly accepted?: string;
  readonly gloo?: string;
  readonly at?: Origin;
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
    const at = note.at === undefined ? {} : { at: note.at };
    const owner = note.at ? `${note.at.via} ${refKey(note.at.ref)}` : '';
    const key = `${severity} ${note.reason} ${note.path} ${message} ${owner}`;
    seen ??= new Set();
    if (seen.has(key)) return;
    seen.add(key);
    list.push({ severity, reason: note.reason, path: note.path, message, ...gloo, ...at });
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

/** Passes findings on; errors as warnings where only a part is lost by them. */
export function copyFindings(
  from: Findings,
  to: Findings,
  isPartial: (finding: Noted) => boolean,
): void {
  for (const finding of from.list) {
    const { severity, message, ...place } = finding;
    const note = { ...place, what: message };
    if (severity === 'error' && !isPartial(finding)) to.error(note);
    else to.warn(note);
  }
}

/** The same list, for what is written in another resource. */
export function findingsAt(findings: Findings, at: Origin): Findings {
  return {
    error: (note) => findings.error({ at, ...note }),
    warn: (note) => findings.warn({ at, ...note }),
    list: findings.list,
    hasErrors: findings.hasErrors,
  };
}

const labels: Readonly<Record<string, string>> = {
  RouteTable: 'sub route table',
  RouteOption: 'route option',
  VirtualHostOption: 'virtual host option',
  UpstreamGroup: 'upstream group',
};

/** Where a finding is, and what is wrong there, in the words of the resource that uses the one it is in. */
export function placedLine({ at, ...finding }: Noted): string {
  return at ? `${labelOf(at)}${problemLine(finding)}` : problemLine(finding);
}

/** A finding as the resource shows it that is compiled. */
export function onUser(finding: Noted): Noted {
  const { at, ...own } = finding;
  if (!at) return own;
  const gloo = `${labelOf(at)}${own.gloo ?? problemLine(own)}`;
  return { ...own, path: at.via, message: placedLine(finding), gloo };
}

/** Gloo's words in front of what is wrong with a RouteTable. */
function labelOf({ ref: { kind, namespace, name } }: Origin): string {
  return `on ${labels[kind] ?? kind} ${namespace}.${name}: `;
}
