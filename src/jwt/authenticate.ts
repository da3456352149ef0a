import type { Trace } from '../base/trace.ts';
import type { JwtProvider, JwtStage, TokenSource, ValidationPolicy } from '../ir/jwt.ts';
import {
  extractTokens,
  mayCarryToken,
  type FoundToken,
  type TokenRequest,
} from './extract-token.ts';
import type { VerifiedIdentity } from './identity.ts';
import type { JwtEngine } from './jwt-engine.ts';
import { jwtFaults, type JwtFault, type JwtReason } from './jwt-fault.ts';
import type { KeySource } from './key-source.ts';
import { placeName, placeText, spellingHint } from './place-text.ts';
import { failedStatus, type FailedStatuses } from './status-code.ts';
import { createProviderCheck, type KeyWait, type ProviderCheck } from './provider-check.ts';

export type { TokenRequest } from './extract-token.ts';
export type { FailedStatuses } from './status-code.ts';
export type { VerifiedIdentity } from './identity.ts';
export { createJwtEngine, type JwtEngine } from './jwt-engine.ts';

/** What one stage makes of a request. */
export type StageVerdict =
  | {
      readonly kind: 'verified';
      readonly identity: VerifiedIdentity;
      /** Places to take a token out of, before the request goes to the upstream. */
      readonly strip: readonly TokenSource[];
      readonly failures?: FailedStatuses;
      /** Those whose token verified and is not kept: the next stage does not find it any more. */
      readonly taken: readonly TokenSource[];
    }
  /** Only under the lax policies: nothing of a token is known. */
  | {
      readonly kind: 'anonymous';
      readonly detail: string;
      readonly strip: readonly TokenSource[];
      readonly failures?: FailedStatuses;
      readonly taken: readonly TokenSource[];
      /** Beside a bad token there was a good one: who it is stays open, also where an earlier stage knew somebody. */
      readonly ambiguous: boolean;
    }
  | DeniedVerdict;

interface DeniedVerdict {
  readonly kind: 'denied';
  readonly status: 401 | 403;
  readonly body: string;
  /** Whether `www-authenticate` says `error="invalid_token"`. */
  readonly invalidToken: boolean;
  readonly reason: JwtReason;
  /** For the log: what each provider said. */
  readonly detail: string;
  /** Of providers with a key for it; those who fail before another succeeds as well. */
  readonly failures?: FailedStatuses;
}

export interface PreparedStage {
  /** Answers at once, unless it has to wait for keys. */
  readonly authenticate: (request: TokenRequest) => StageVerdict | Promise<StageVerdict>;
}

/**
 * Prepares a stage for many requests. Its providers are alternatives, tried in order; of each, every token found in its
 * places has to verify. The engine has to know the key sets of the table already.
 */
export function prepareStage(
  stage: JwtStage,
  providers: Readonly<Record<string, JwtProvider>>,
  engine: JwtEngine,
): PreparedStage {
  const checks = stage.providers.flatMap((name) => {
    const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
    return provider ? [createProviderCheck(name, provider, engine)] : [];
  });
  const { validation } = stage;
  const isGeneric = stage.errorDetail === 'generic';
  const prepared = { checks, validation, isGeneric, removable: removableOf(checks) };
  return {
    authenticate: (request) => {
      request.trace?.push(stageNote(stage));
      return decide(prepared, request, new Set());
    },
  };
}

function stageNote({ validation, providers }: JwtStage): string {
  return `${validation}, by ${providers.length > 1 ? 'one of ' : ''}${providers.join(', ')}`;
}

interface Prepared {
  readonly checks: readonly ProviderCheck[];
  readonly validation: ValidationPolicy;
  readonly isGeneric: boolean;
  /** Places that do not keep their token. */
  readonly removable: readonly TokenSource[];
}

/** Whenever keys have to be waited for, all of it is done again afterwards: that is rare, and leaves one order of checks. */
function decide(
  prepared: Prepared,
  request: TokenRequest,
  waited: Set<KeySource>,
): StageVerdict | Promise<StageVerdict> {
  const outcome = attempt(prepared, request, waited);
  if (outcome.kind !== 'wait') return outcome;
  waited.add(outcome.source);
  return outcome.until.then(() => decide(prepared, request, waited));
}

/** What one provider said of a request without a good token. */
interface Failure {
  readonly check: ProviderCheck;
  readonly fault: JwtFault;
}

function attempt(
  prepared: Prepared,
  request: TokenRequest,
  waited: ReadonlySet<KeySource>,
): StageVerdict | KeyWait {
  const failures: Failure[] = [];
  const taken: TokenSource[] = [];
  const notes: string[] = [];
  let ambiguous = false;
  const noteGood = (): void => {
    ambiguous = true;
  };
  for (const check of prepared.checks) {
    const outcome = tryProvider(check, { request, waited, taken, notes, noteGood });
    // All of it is done again after the wait, and told then.
    if (outcome.kind === 'wait') return outcome;
    if (outcome.kind === 'good') {
      request.trace?.push(...notes);
      const { identity } = outcome;
      const strip = placesToStrip(prepared, request, check);
      return { kind: 'verified', identity, strip, taken, ...failuresOf(failures) };
    }
    failures.push({ check, fault: outcome.fault });
  }
  request.trace?.push(...notes);
  const verdict = refuse(prepared, request, failures);
  return verdict.kind === 'anonymous' ? { ...verdict, taken, ambiguous } : verdict;
}

interface Attempt {
  readonly request: TokenRequest;
  readonly waited: ReadonlySet<KeySource>;
  /**
   * Places whose token an earlier provider verified before another token failed it: Envoy has taken them out of the request
   * by then, so that the next provider does not see them.
   */
  readonly taken: TokenSource[];
  /** For the trace, if there is one. */
  readonly notes: string[];
  /** Told of each token that verifies. */
  readonly noteGood: () => void;
}

function tryProvider(
  check: ProviderCheck,
  { request, waited, taken, notes, noteGood }: Attempt,
): ReturnType<ProviderCheck['check']> {
  const tokens = extractTokens(request, check.sources).filter(
    ({ source }) => !taken.some((place) => isSamePlace(place, source)),
  );
  const { trace } = request;
  if (trace !== undefined) {
    const places = check.sources.map((source) => placeText(request, source));
    notes.push(`provider ${check.name} looked in ${places.join('; ')}`);
  }
  // Of several good tokens the last says who it is, as to Envoy's policies.
  let last: ReturnType<ProviderCheck['check']> = { kind: 'bad', fault: jwtFaults.missing };
  for (const { text, source } of tokens) {
    const outcome = check.check(text, waited);
    if (trace !== undefined) notes.push(outcomeNote(check, { text, source }, outcome, trace));
    if (outcome.kind !== 'good') return outcome;
    noteGood();
    if (!check.keepToken) taken.push(source);
    last = outcome;
  }
  return last;
}

function outcomeNote(
  check: ProviderCheck,
  { text, source }: FoundToken,
  outcome: ReturnType<ProviderCheck['check']>,
  trace: Trace,
): string {
  const fault = outcome.kind === 'bad' ? outcome.fault : undefined;
  const why = check.explain(text, fault, trace);
  const verdict = fault === undefined ? 'verifies' : (fault.detail ?? fault.body);
  return `provider ${check.name}, ${placeName(source)}: ${verdict}${why === '' ? '' : `: ${why}`}`;
}

/** The fault that Envoy tells of several: the last that says more than "missing" and "not my issuer", else the issuer's. */
function refuse(
  prepared: Prepared,
  request: TokenRequest,
  failures: readonly Failure[],
): StageVerdict {
  const faults = failures.map(({ fault }) => fault);
  const told =
    faults.findLast((fault) => fault !== jwtFaults.missing && fault !== jwtFaults.issuer) ??
    faults.find((fault) => fault === jwtFaults.issuer) ??
    jwtFaults.missing;
  const isMissing = told === jwtFaults.missing;
  const places = prepared.checks.flatMap(({ sources }) => sources);
  const detail = detailOf(failures) + (isMissing ? spellingHint(request, places) : '');
  const { validation } = prepared;
  if (validation === 'ALLOW_MISSING_OR_FAILED' || (validation === 'ALLOW_MISSING' && isMissing)) {
    const strip = placesToStrip(prepared, request);
    const lax = { kind: 'anonymous', taken: [], ambiguous: false } as const;
    return { ...lax, detail, strip, ...failuresOf(failures) };
  }
  // The status too would tell which check it was.
  const { status, body } = prepared.isGeneric ? jwtFaults.verification : told;
  const { reason } = told;
  const denied = { kind: 'denied', status, body, reason, invalidToken: !isMissing } as const;
  return { ...denied, detail, ...failuresOf(failures) };
}

function detailOf(failures: readonly Failure[]): string {
  return failures
    .map(({ check, fault }) => `${check.name}: ${fault.detail ?? fault.body}`)
    .join('; ');
}

function failuresOf(failures: readonly Failure[]): { readonly failures?: FailedStatuses } {
  if (!failures.some(({ check }) => check.failedStatusKey !== undefined)) return {};
  const entries = failures.flatMap(({ check: { failedStatusKey: key }, fault }) => {
    const status = failedStatus(fault);
    return key === undefined || status === undefined ? [] : [[key, status] as const];
  });
  return entries.length === 0 ? {} : { failures: Object.fromEntries(entries) };
}

function removableOf(checks: readonly ProviderCheck[]): readonly TokenSource[] {
  return checks.flatMap(({ keepToken, sources }) => (keepToken ? [] : sources));
}

/**
 * Every place of every provider that has something like a token in it, whether or not it was the one that verified; but
 * none that the verifying provider keeps.
 */
function placesToStrip(
  { removable }: Prepared,
  request: TokenRequest,
  verifier?: ProviderCheck,
): readonly TokenSource[] {
  const kept = verifier?.keepToken === true ? verifier.sources : [];
  return removable.filter(
    (source) => mayCarryToken(request, source) && !kept.some((place) => isSamePlace(place, source)),
  );
}

function isSamePlace(a: TokenSource, b: TokenSource): boolean {
  return a.kind === b.kind && a.name === b.name;
}
