/** Header lines that a share, a route or a virtual host changes. Of several the most specific one comes first. */
export interface HeaderChanges {
  readonly request?: HeaderEdit;
  readonly response?: HeaderEdit;
}

/** First the lines of these names go, then come the new ones. Names are in lower case. */
export interface HeaderEdit {
  readonly remove: readonly string[];
  readonly add: readonly AddedHeader[];
}

/** One header; nothing is added where its value comes out empty. */
export interface AddedHeader {
  readonly name: string;
  readonly value: HeaderValue;
  /** False: lines of that name that are there already go. */
  readonly append: boolean;
}

/** Parts that are put together, or the id of a value in `Secrets`. */
type HeaderValue = readonly HeaderValuePart[] | { readonly secret: string };

/** A text, or what stands for a piece of the request or the answer. */
export type HeaderValuePart = string | HeaderCommand;

/** Envoy's `%REQ(NAME?ALTERNATIVE):LENGTH%` and the like. */
export type HeaderCommand =
  | {
      readonly of: 'request' | 'response';
      /** Lower-case; of a request also `:authority`, `:method`, `:path` and `:scheme`. */
      readonly name: string;
      /** Where there is no line of the first name. */
      readonly alternative?: string;
      /** Characters at most. */
      readonly length?: number;
    }
  /** Address of the client, HTTP version, time of the request, status of the answer. */
  | { readonly of: 'peer' | 'protocol' | 'time' | 'status' };
