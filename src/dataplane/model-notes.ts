import type { ModelEndpoint } from '../llm/model-endpoint.ts';
import type { ModelRequest } from '../llm/model-request.ts';
import type { TokenUsage } from '../llm/token-usage.ts';

/** What became known of a request for a model, for the log, the metrics and the traces; the forwarding writes it. */
export interface ModelNotes {
  readonly endpoint: ModelEndpoint;
  readonly stream: boolean;
  /** As the client asked, aliases and default not applied; empty: it did not. */
  readonly requestModel: string;
  /** That the account pays for, of the last try. */
  billedModel: string;
  /** As the answer says; empty: it does not. */
  responseModel: string;
  /** `deepseek` or the like, of the last try. */
  provider: string;
  /** `Host` of the server of the last try: prices go by it. Absent: that of the cluster of the call. */
  host?: string;
  usage: TokenUsage | undefined;
  finishReason: string;
  /** Monotonic instant of the first token; 0: there was none. */
  firstTokenAtMs: number;
  /** Servers that were asked. */
  tries: number;
  /** Pieces of text or reasoning in a streamed answer so far: by them a stream without usage is counted. */
  pieces?: number;
}

/** What is known of a request before any server is asked. */
export function createModelNotes({ endpoint, stream, model }: ModelRequest): ModelNotes {
  return {
    endpoint,
    stream,
    requestModel: model ?? '',
    billedModel: '',
    responseModel: '',
    provider: '',
    usage: undefined,
    finishReason: '',
    firstTokenAtMs: 0,
    tries: 0,
  };
}

/** Notes that a server is asked now; what those before it said of their answers counts no more. */
export function noteTry(
  notes: ModelNotes,
  server: Pick<ModelNotes, 'billedModel' | 'provider' | 'host'>,
): void {
  Object.assign(notes, server);
  notes.tries += 1;
  notes.responseModel = '';
  notes.usage = undefined;
  notes.finishReason = '';
  notes.firstTokenAtMs = 0;
  delete notes.pieces;
}
