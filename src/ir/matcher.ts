/** Path, headers, query parameters and methods: AND. */
export interface Matcher {
  readonly path: PathMatch;
  readonly headers: readonly HeaderMatch[];
  readonly query: readonly QueryMatch[];
  /** OR; empty = any. */
  readonly methods: readonly string[];
}

/** On the normalised path without its query. `regex` is RE2 and has to cover the whole path. */
export interface PathMatch {
  readonly kind: 'prefix' | 'exact' | 'regex';
  readonly value: string;
  /** For prefix and exact. */
  readonly caseSensitive: boolean;
  /** Of a prefix: it ends where a segment does, so that `/api` takes `/api/x` and not `/apix`. Absent: it is textual. */
  readonly bySegment?: true;
}

/** How prefixes are compared. */
export const pathMatchings = ['textual', 'strict'] as const;

/** Repeated lines of one name are joined with `,` before the comparison. */
export interface HeaderMatch {
  /** Lower-case; may be `:method`, `:path` or `:authority`. */
  readonly name: string;
  readonly kind: 'present' | 'exact' | 'regex';
  /** Text or RE2 (whole value); empty for `present`. */
  readonly value: string;
  /** With `present`: the header must be absent. Else: it must be present and different. */
  readonly invert: boolean;
}

/** The first occurrence of a parameter counts. */
export interface QueryMatch {
  readonly name: string;
  readonly kind: 'present' | 'exact' | 'regex';
  readonly value: string;
}
