/** Policies OR; an empty list refuses everybody (Gloo `ExtensionSettings`). */
export interface RbacRule {
  readonly policies: readonly RbacPolicy[];
}

export interface RbacPolicy {
  readonly name: string;
  /** OR. Never empty. */
  readonly principals: readonly RbacPrincipal[];
  /** Textual prefix of the normalised path with query; empty = any. */
  readonly pathPrefix: string;
  /** The prefix ends where a segment does. Absent: it is textual. */
  readonly bySegment?: true;
  /** Exact, OR; empty = any. */
  readonly methods: readonly string[];
  /** Exact names of models, OR; absent = any. Then the policy allows only requests for one of these. */
  readonly models?: readonly string[];
}

/** Claims AND. Never empty: a principal without claims is refused when compiling. */
export interface RbacPrincipal {
  /** Key into `VirtualHost.providers`: only claims of a token that this provider verified. Absent: of any. */
  readonly provider?: string;
  readonly claims: readonly ClaimMatch[];
}

/** How a claim is compared (Gloo `ClaimMatcher`, in the order of its numbers). */
export const claimMatchers = ['EXACT_STRING', 'BOOLEAN', 'LIST_CONTAINS', 'REGEX_MATCH'] as const;
export type ClaimMatcher = (typeof claimMatchers)[number];

export interface ClaimMatch {
  /** One name, or the steps of a nested one (Gloo `nestedClaimDelimiter`). */
  readonly path: readonly string[];
  readonly matcher: ClaimMatcher;
  /** `true` or `false` for BOOLEAN; RE2, whole value, for REGEX_MATCH. */
  readonly value: string;
}
