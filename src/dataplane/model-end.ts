import { valueAt } from '../base/value-at.ts';
import type { UsageRules } from '../ir/llm.ts';
import type { KeyGuard } from '../llm/key-guard.ts';
import type { TokenUsage } from '../llm/token-usage.ts';
import type { Call, CallContext } from './call.ts';
import type { Exchange } from './exchange.ts';
import type { ModelNotes } from './model-notes.ts';
import { operationNames } from './operation-names.ts';

/** A request for a model that is over, as the log, the metrics and the traces tell of it. */
export interface ModelEnd extends Readonly<ModelNotes> {
  /** As OpenTelemetry calls it; empty: it is none that is counted. */
  readonly operation: string;
  /** `Host` of the server that was asked last; empty: none was. */
  readonly host: string;
  /** `estimated`: a stream broke off before its usage; `unknown`: nothing to go by; `none`: nothing was used. */
  readonly usageSource: 'told' | 'estimated' | 'unknown' | 'none';
  /** Billionths of a dollar; undefined: it has no price. */
  readonly nanoUsd: number | undefined;
  /** Whom it is counted for; undefined: the route does not say. */
  readonly claim: CountedClaim | undefined;
  /** Empty: there was none. */
  readonly errorType: string;
  readonly durationMs: number;
  /** From the arrival of the request; undefined: none came. */
  readonly firstTokenMs: number | undefined;
}

/** The claim that tokens of a route are counted by. */
export interface CountedClaim {
  /** As a user wrote it, with dots. */
  readonly name: string;
  /** Empty: the caller has none. */
  readonly value: string;
  readonly maxValues: number;
}

/** What of a call is looked at. */
export interface EndedCall extends Pick<
  Call,
  'exchange' | 'model' | 'cluster' | 'body' | 'startedMs'
> {
  readonly context: Pick<CallContext, 'models'>;
}

/** How a call ended. */
export interface CallEnd {
  /** 0: there was no answer. */
  readonly status: number;
  /** The answer did not reach the client as a whole. */
  readonly aborted: boolean;
  readonly durationMs: number;
  /** Monotonic. */
  readonly startedAtMs: number;
}

/** Texts of servers and clients that are longer are no names. */
const longestName = 128;

/** Puts together what became of a request for a model; tokens that no server counted are estimated. */
export function modelEnd(call: EndedCall, end: CallEnd): ModelEnd | undefined {
  const { exchange, context, model: notes } = call;
  if (notes === undefined) return undefined;
  const backend = exchange.program.upstreams.get(call.cluster)?.backend;
  const name = (text: string): string => nameIn(text, backend?.guard);
  const host = notes.tries === 0 ? '' : (notes.host ?? backend?.settings.authority ?? '');
  const counted = countedUsage(call, notes, end);
  const model = notes.billedModel;
  const startMs = call.startedMs;
  return {
    ...notes,
    operation: operationNames[notes.endpoint],
    host,
    requestModel: name(notes.requestModel),
    billedModel: name(model),
    responseModel: name(notes.responseModel),
    finishReason: name(notes.finishReason),
    ...counted,
    nanoUsd:
      counted.usage &&
      context.models?.pricing?.({
        host,
        model,
        usage: counted.usage,
        startMs,
        endMs: startMs + end.durationMs,
      }),
    claim: claimOf(exchange, name),
    errorType: errorTypeOf(exchange, notes, end),
    durationMs: end.durationMs,
    firstTokenMs: notes.firstTokenAtMs === 0 ? undefined : notes.firstTokenAtMs - end.startedAtMs,
  };
}

/** A server that repeats its key must not bring it into a log. */
function nameIn(text: string, guard: KeyGuard | undefined): string {
  const bytes = Buffer.from(text);
  if (guard?.patterns.some((pattern) => bytes.includes(pattern)) === true) return '[redacted]';
  return text.length > longestName ? `${text.slice(0, longestName)}…` : text;
}

type CountedUsage = Pick<ModelEnd, 'usage' | 'usageSource'>;

/** Bytes of a request for a token of its prompt, about. */
const bytesPerToken = 4;

/** What servers tell in the middle of a stream is of its beginning: what came after it counts too. */
function countedUsage(
  call: EndedCall,
  notes: ModelNotes,
  { status, aborted }: CallEnd,
): CountedUsage {
  const { usage, pieces = 0, tries } = notes;
  if (usage !== undefined) {
    const isPartial = aborted && pieces > usage.outputTokens;
    if (!isPartial) return { usage, usageSource: 'told' };
    return { usage: { ...usage, outputTokens: pieces }, usageSource: 'estimated' };
  }
  if (tries === 0 || status >= 400) return { usage, usageSource: 'none' };
  if (pieces === 0) return { usage, usageSource: 'unknown' };
  const bytes = call.body?.length ?? call.exchange.contentLength;
  const estimate: TokenUsage = {
    inputTokens: Math.ceil(bytes / bytesPerToken),
    outputTokens: pieces,
  };
  return { usage: estimate, usageSource: 'estimated' };
}

function claimOf(
  { route, identities }: Exchange,
  name: (text: string) => string,
): CountedClaim | undefined {
  const rules = route?.route.llm?.usage;
  if (rules === undefined) return undefined;
  const { claim, maxValues }: UsageRules = rules;
  const value = valueAt(identities.at(-1)?.claims, claim);
  return { name: claim.join('.'), value: name(textOf(value)), maxValues };
}

/** A list of one is taken for what is in it: identity providers send groups so. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? textOf(value[0]) : '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

const resourceFailure = 'insufficient_system_resource';

function errorTypeOf(
  { reason }: Exchange,
  { finishReason }: ModelNotes,
  { status, aborted }: CallEnd,
): string {
  if (reason !== '') return reason;
  if (status >= 400) return String(status);
  if (finishReason === resourceFailure) return finishReason;
  return aborted ? 'client_closed' : '';
}
