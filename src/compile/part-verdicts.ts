import { refKey } from '../api/resource.ts';
import type { CompileState } from './compile-state.ts';
import type { Noted } from './findings.ts';

/**
 * Adds what was found in parts where they are used. What is wrong in a table that nothing uses costs nobody anything, and is a
 * Warning.
 */
export function partVerdictsPass(state: CompileState): void {
  const found = new Map<string, Noted[]>();
  // By name of the user, so that the order in which resources came changes nothing.
  const uses = [...state.partUses].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, { ref, findings }] of uses) {
    const key = refKey(ref);
    found.set(key, [...(found.get(key) ?? []), ...findings]);
  }
  for (const [key, findings] of found) addFindings(key, findings, state);
  for (const { ref, resource } of state.resources.list('RouteTable')) {
    if (resource && !found.has(refKey(ref))) warnOnly(refKey(ref), state);
  }
}

function addFindings(key: string, findings: readonly Noted[], { verdicts }: CompileState): void {
  const verdict = verdicts.get(key);
  if (!verdict) return;
  const seen = new Set(verdict.findings.map(textOf));
  const more = findings.flatMap(({ at: _at, ...finding }) => {
    const text = textOf(finding);
    if (seen.has(text)) return [];
    seen.add(text);
    return [finding];
  });
  if (more.length > 0) verdicts.set(key, { ...verdict, findings: [...verdict.findings, ...more] });
}

/** Of an Upstream that is not ready, users of other namespaces hear less than the part itself does. */
function textOf({ path, reason, message }: Noted): string {
  if (reason === 'UpstreamNotReady') return `${path} ${reason}`;
  return `${path} ${message}`;
}

function warnOnly(key: string, { verdicts }: CompileState): void {
  const verdict = verdicts.get(key);
  if (!verdict?.findings.some(({ severity }) => severity === 'error')) return;
  const findings = verdict.findings.map((finding): Noted => ({ ...finding, severity: 'warning' }));
  verdicts.set(key, { ...verdict, findings });
}
