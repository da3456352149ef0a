import { deepFreeze } from '../base/deep-freeze.ts';
import type { Trace } from '../base/trace.ts';
import type { ClaimToHeader, JwtProvider, TokenSource } from '../ir/jwt.ts';
import { claimHeaders } from './claim-headers.ts';
import { faultText } from './fault-text.ts';
import type { VerifiedIdentity } from './identity.ts';
import type { JwtEngine } from './jwt-engine.ts';
import { jwtFaults, type JwtFault } from './jwt-fault.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import type { KeySource } from './key-source.ts';
import { isMilliseconds } from './milliseconds.ts';
import { parseToken, type ParsedToken } from './parse-token.ts';
import {
  checkClaims,
  checkSignature,
  claimRules,
  namesUnknownKey,
  validUntilMs,
  type ClaimRules,
} from './verify-token.ts';

/** A provider made ready to check tokens. */
export interface ProviderCheck {
  readonly name: string;
  readonly sources: readonly TokenSource[];
  readonly keepToken: boolean;
  readonly failedStatusKey: string | undefined;
  /** Checks one token. Sources in `waited` are not waited for a second time. */
  readonly check: (token: string, waited: ReadonlySet<KeySource>) => TokenOutcome;
  /** What is behind an outcome of {@link check}, in words. */
  readonly explain: (token: string, fault: JwtFault | undefined, trace: Trace) => string;
}

type TokenOutcome =
  | { readonly kind: 'good'; readonly identity: VerifiedIdentity }
  | { readonly kind: 'bad'; readonly fault: JwtFault }
  /** Keys are on their way: ask again when `until` ends. */
  | KeyWait;

export interface KeyWait {
  readonly kind: 'wait';
  readonly source: KeySource;
  readonly until: Promise<void>;
}

let scopes = 0;

/** Prepares a provider; `name` is the one in `JwtStage.providers`. */
export function createProviderCheck(
  name: string,
  provider: JwtProvider,
  engine: JwtEngine,
): ProviderCheck {
  scopes += 1;
  const checker = new Checker(engine, {
    name,
    scope: scopes,
    keySet: provider.keySet,
    rules: claimRules(provider),
    mappings: provider.claimsToHeaders,
  });
  return {
    name,
    sources: provider.sources,
    keepToken: provider.keepToken,
    failedStatusKey: provider.failedStatusKey,
    check: (token, waited) => checker.check(token, waited),
    explain: (token, fault, trace) => checker.explain(token, fault, trace),
  };
}

interface CheckParts {
  readonly name: string;
  /** Keeps what is cached for this provider apart from all others, and from a later configuration of its own. */
  readonly scope: number;
  readonly keySet: string;
  readonly rules: ClaimRules;
  readonly mappings: readonly ClaimToHeader[];
}

class Checker {
  readonly #engine: JwtEngine;
  readonly #parts: CheckParts;
  #source: KeySource | undefined;
  /** Said once: every token of such an issuer is like that. */
  #saidMilliseconds = false;

  constructor(engine: JwtEngine, parts: CheckParts) {
    this.#engine = engine;
    this.#parts = parts;
    this.#source = engine.keySets.source(parts.keySet);
  }

  check(token: string, waited: ReadonlySet<KeySource>): TokenOutcome {
    const source = (this.#source ??= this.#engine.keySets.source(this.#parts.keySet));
    const snapshot = source?.current();
    if (snapshot) {
      const { scope } = this.#parts;
      const { generation } = snapshot;
      const identity = this.#engine.cache.get({ scope, generation, token });
      if (identity) return { kind: 'good', identity };
    }
    const parsed = parseToken(token);
    if ('body' in parsed) return bad(parsed);
    const fault = checkClaims(parsed, this.#parts.rules, this.#engine.clock.now());
    if (fault) return bad(fault);
    if (!source) return bad(jwtFaults.keysUnavailable);
    if (!snapshot) {
      const arriving = waited.has(source) ? undefined : source.arriving();
      return arriving ? wait(source, arriving) : bad(jwtFaults.keysUnavailable);
    }
    const refused = checkSignature(parsed, snapshot);
    if (!refused) return this.#accept(token, parsed, snapshot);
    const asked = namesUnknownKey(parsed, snapshot) && !waited.has(source);
    const refetch = asked ? source.refetch() : undefined;
    return refetch ? wait(source, refetch) : bad(refused);
  }

  explain(token: string, fault: JwtFault | undefined, trace: Trace): string {
    const { keySet, rules } = this.#parts;
    const { clock, keySets } = this.#engine;
    return faultText(fault, {
      token,
      rules,
      nowSeconds: Math.floor(clock.now() / 1000),
      snapshot: this.#source?.current(),
      keys: keySets.states()[keySet],
      trace,
    });
  }

  #accept(token: string, parsed: ParsedToken, { generation }: KeySnapshot): TokenOutcome {
    const { name, scope, rules, mappings } = this.#parts;
    this.#hint(parsed);
    const claims = deepFreeze(parsed.claims);
    const { headers, dropped } = claimHeaders(claims, mappings);
    for (const header of dropped) {
      this.#engine.countDroppedHeader();
      this.#engine.logger.warn({ provider: name, header }, 'claim header dropped');
    }
    const identity = deepFreeze({ provider: name, claims, headers });
    this.#engine.cache.set({ scope, generation, token }, identity, validUntilMs(parsed, rules));
    return { kind: 'good', identity };
  }

  #hint({ exp }: ParsedToken): void {
    if (exp === undefined || !isMilliseconds(exp) || this.#saidMilliseconds) return;
    this.#saidMilliseconds = true;
    const { name } = this.#parts;
    this.#engine.logger.warn(
      { provider: name },
      'exp looks like milliseconds: such tokens never expire',
    );
  }
}

function bad(fault: JwtFault): TokenOutcome {
  return { kind: 'bad', fault };
}

function wait(source: KeySource, until: Promise<void>): KeyWait {
  return { kind: 'wait', source, until };
}
