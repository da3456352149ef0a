import type { Trace } from '../base/trace.ts';
import { bareAudience } from './audience.ts';
import { jwtFaults, type JwtFault } from './jwt-fault.ts';
import type { KeySnapshot, PreparedKey } from './key-snapshot.ts';
import type { KeySetState } from './key-source.ts';
import { isMilliseconds } from './milliseconds.ts';
import { parseToken, type ParsedToken } from './parse-token.ts';
import type { ClaimRules } from './verify-token.ts';

/** What a token was checked with when a fault was found, or none. */
export interface CheckFacts {
  readonly token: string;
  readonly rules: ClaimRules;
  readonly nowSeconds: number;
  readonly snapshot: KeySnapshot | undefined;
  /** Of a remote key set. */
  readonly keys: KeySetState | undefined;
  readonly trace: Trace;
}

type Parsed = CheckFacts & { readonly parsed: ParsedToken };

/**
 * Says for a trace what is behind the verdict on a token: what was wanted, by how much it was missed. Names claims; their
 * values only where the trace shows them. The token itself is never in it.
 */
export function faultText(fault: JwtFault | undefined, facts: CheckFacts): string {
  const parsed = parseToken(facts.token);
  if ('body' in parsed) return formTexts.get(fault)?.(facts) ?? '';
  const known = { ...facts, parsed };
  return fault === undefined ? goodText(known) : (claimTexts.get(fault)?.(known) ?? '');
}

const formTexts: ReadonlyMap<JwtFault | undefined, (facts: CheckFacts) => string> = new Map([
  [
    jwtFaults.form,
    ({ token }) => schemeHint(token) || `${token.split('.').length} parts, wanted 3`,
  ],
  [jwtFaults.headerBase64, ({ token }) => schemeHint(token)],
]);

/** A token source without a prefix takes the whole value. */
function schemeHint(token: string): string {
  return /^\w+\s/.test(token)
    ? 'a word stands in front of the token; this place has no prefix that would be cut off'
    : '';
}

const claimTexts: ReadonlyMap<JwtFault, (facts: Parsed) => string> = new Map([
  [jwtFaults.issuer, issuerText],
  [jwtFaults.notYetValid, notYetText],
  [jwtFaults.notYetValidMilliseconds, notYetText],
  [jwtFaults.expired, expiredText],
  [jwtFaults.audience, audienceText],
  [jwtFaults.noExpiry, () => 'exp is absent: such a token never expires'],
  [jwtFaults.lifetime, lifetimeText],
  [jwtFaults.keysUnavailable, keysText],
  [jwtFaults.noKey, noKeyText],
  [jwtFaults.noValidKey, () => 'none of the keys of this provider can be used'],
  [jwtFaults.verification, verificationText],
]);

function issuerText({ parsed: { iss }, rules: { issuer = '' }, trace }: Parsed): string {
  const wanted = `wanted ${JSON.stringify(issuer)}`;
  if (iss === undefined) return `iss is absent, ${wanted}`;
  const shown = trace.value(iss);
  const bare = (text: string): string => text.toLowerCase().replace(/\/$/, '');
  const near = bare(iss) === bare(issuer) ? ': only a final slash or the case differs' : '';
  return `iss is another${shown}, ${wanted}${near}`;
}

function notYetText({ parsed: { nbf = 0 }, rules, nowSeconds }: Parsed): string {
  const hint = millisecondsHint('nbf', nbf);
  if (hint !== '') return hint;
  return `nbf is ${nbf - nowSeconds} s ahead, ${rules.skewSeconds} s are allowed`;
}

function expiredText({ parsed: { exp = 0 }, rules, nowSeconds }: Parsed): string {
  return `exp was ${nowSeconds - exp} s ago, ${rules.skewSeconds} s are allowed`;
}

function audienceText({ parsed: { audiences }, rules, trace }: Parsed): string {
  const wanted = `accepted ${[...rules.audiences].map((one) => JSON.stringify(one)).join(', ')}`;
  if (audiences.length === 0) return `aud is absent or empty, ${wanted}`;
  const shown = trace.value(audiences);
  const near = [...rules.audiences].find((one) =>
    audiences.some((found) => bareAudience(found).toLowerCase() === one.toLowerCase()),
  );
  const hint = near === undefined ? '' : `: only the case differs from ${JSON.stringify(near)}`;
  return `none of the ${audiences.length} in aud is accepted${shown}, ${wanted}${hint}`;
}

function lifetimeText({
  parsed: { exp = 0 },
  rules: { maxLifetime = 0 },
  nowSeconds,
}: Parsed): string {
  return `exp is in ${exp - nowSeconds} s, ${maxLifetime} s are allowed`;
}

function keysText({ keys }: Parsed): string {
  if (keys === undefined) return 'the keys of this provider are not known';
  const error = keys.lastError === undefined ? '' : `: ${keys.lastError}`;
  return `key set is ${keys.state}${error}`;
}

function noKeyText({ parsed: { kid, alg }, snapshot }: Parsed): string {
  const named = kid === undefined ? 'names no kid' : `names kid ${shortName(kid)}`;
  return `the token ${named} and alg ${alg}; the keys are ${keyList(snapshot)}`;
}

function verificationText({ parsed, snapshot }: Parsed): string {
  if (parsed.critical) return 'the header has crit or b64: extensions are not understood';
  return `no key made this signature; the keys are ${keyList(snapshot)}`;
}

const keyLimit = 10;

function keyList(snapshot: KeySnapshot | undefined): string {
  const keys = snapshot?.keys ?? [];
  const more = keys.length - keyLimit;
  const names = keys.slice(0, keyLimit).map(keyName);
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function keyName({ kid, algorithms }: PreparedKey): string {
  const name = kid === undefined ? 'one without kid' : `kid ${shortName(kid)}`;
  return `${name} for ${algorithms.join('/')}`;
}

const nameLimit = 64;

/** A kid is whatever the sender of a token wrote. */
function shortName(kid: string): string {
  return JSON.stringify(kid.length > nameLimit ? `${kid.slice(0, nameLimit)}…` : kid);
}

function goodText({ parsed: { kid, alg, exp }, nowSeconds }: Parsed): string {
  const signed = `signed with ${alg}${kid === undefined ? '' : `, kid ${shortName(kid)}`}`;
  if (exp === undefined) return `${signed}; no exp: it never expires`;
  const hint = millisecondsHint('exp', exp);
  return `${signed}; ${hint === '' ? `expires in ${exp - nowSeconds} s` : hint}`;
}

function millisecondsHint(claim: string, seconds: number): string {
  if (!isMilliseconds(seconds)) return '';
  return `${claim} looks like milliseconds, it counts seconds since 1970`;
}
