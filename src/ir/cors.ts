/** Which other origins may use a route, and what browsers are told about it; merged of virtual host and route. */
export interface CorsPolicy {
  /** Whole origins; `*` is any. */
  readonly origins: readonly string[];
  /** RE2 over the whole origin. */
  readonly originRegexes: readonly string[];
  /** Values of the lines of an answer; absent: no line. */
  readonly allowMethods?: string;
  readonly allowHeaders?: string;
  readonly exposeHeaders?: string;
  readonly maxAge?: string;
  readonly allowCredentials?: boolean;
}
