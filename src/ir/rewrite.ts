/** What becomes of `Host` on the way to the upstream. */
export interface HostRewrite {
  readonly to?: HostSource;
  /** A `Host` that is replaced is appended to `x-forwarded-host`. */
  readonly appendForwarded: boolean;
}

export type HostSource =
  | { readonly kind: 'literal'; readonly value: string }
  /** The name of the endpoint; one that has none leaves `Host` as it is. */
  | { readonly kind: 'endpoint' }
  /** The first line of this name; without one `Host` stays. */
  | { readonly kind: 'header'; readonly name: string }
  /** Made of the path, as it came and without its query. */
  | ({ readonly kind: 'path' } & RegexRewrite);

/** Every match of a RE2 expression is replaced; `\1` stands for a group. */
export interface RegexRewrite {
  readonly pattern: string;
  readonly substitution: string;
}
