/** How the endpoints of a cluster take turns; absent: round robin by weight. */
export type Balancer =
  /** The one with the fewest requests in relation to its weight, among so many that chance picks (Gloo, 2). */
  | { readonly kind: 'leastRequest'; readonly choiceCount: number }
  /** By chance, whatever the weights, as Envoy. */
  | { readonly kind: 'random' }
  /** Requests of one hash to one endpoint; about so many points on the ring (Gloo, 1024 and 8 Mi). */
  | { readonly kind: 'ringHash'; readonly minimumSize: number; readonly maximumSize: number }
  /** Requests of one hash to one endpoint, evenly. */
  | { readonly kind: 'maglev' };

/** What of a request decides which endpoint a hashing balancer sends it to (Gloo `lbHash`). */
export type HashPolicy = HashSource & {
  /** When there is a hash after this policy, the following ones are not looked at. */
  readonly terminal: boolean;
};

type HashSource =
  /** Value of a header, name in lower case. */
  | { readonly kind: 'header'; readonly name: string }
  | HashCookie
  /** Address of the client. */
  | { readonly kind: 'sourceIp' };

/** A cookie; with a `ttlSeconds` the answer sets one where the client has none, 0: for the session. */
export interface HashCookie {
  readonly kind: 'cookie';
  readonly name: string;
  readonly ttlSeconds?: number;
  readonly path?: string;
}

/** Which endpoints can be asked for by their labels (Gloo `subsetSpec`). */
export interface Subsets {
  readonly selectors: readonly SubsetSelector[];
  /** Where a request goes whose labels nobody has, or that asks for none. */
  readonly fallback: 'any' | 'default' | 'none';
  /** Labels of the endpoints for the fallback `default`. */
  readonly defaultLabels?: Labels;
}

/** Labels by which a subset can be chosen, all of them together. */
interface SubsetSelector {
  readonly keys: readonly string[];
  /** One endpoint of it takes all requests. */
  readonly single: boolean;
}

/** Labels of an endpoint, or those that a destination asks for. */
export type Labels = Readonly<Record<string, string>>;
