import type { ReasoningInput } from '../ir/llm.ts';
import { changedMembers, spliced, type MemberChange, type Splice } from './body-splices.ts';
import { knownMembers, wordAt } from './json-key.ts';
import { readInnerObject } from './json-object.ts';
import type { ModelRequest } from './model-request.ts';
import { reasoningSplices } from './reasoning-input.ts';

/** What one server gets otherwise than the client sent it. */
export interface ModelEdits {
  /** Absent: the client's, or none. */
  readonly model?: string | undefined;
  /** A stream ends with the tokens that it took. */
  readonly includeUsage?: boolean;
  /** In place of what the client says of its user; empty: nothing. Absent: the client's is sent. */
  readonly userId?: string | undefined;
  /** Absent: KEEP. */
  readonly reasoning?: ReasoningInput | undefined;
}

/** The body for one server: what is not changed stays byte for byte, so that what was inspected is what is sent. */
export function modelBody(request: ModelRequest, edits: ModelEdits): Buffer {
  const { body, object } = request;
  const inner: Splice[] = [];
  const changes = [
    ...modelChange(request, edits.model),
    ...usageChange(request, edits.includeUsage === true, inner),
    ...userChange(request, edits.userId, inner),
  ];
  inner.push(...reasoningSplices(request, edits.reasoning ?? 'KEEP'));
  return spliced(body, [...changedMembers(object, changes), ...inner]);
}

function modelChange({ fields, model }: ModelRequest, wanted: string | undefined): MemberChange[] {
  if (wanted === undefined || wanted === model) return [];
  return [{ name: 'model', member: fields.get('model'), value: JSON.stringify(wanted) }];
}

/** Only these endpoints know the option; the others tell of tokens in any case. */
const withOption = new Set(['chat', 'completions']);

function usageChange(request: ModelRequest, isWanted: boolean, inner: Splice[]): MemberChange[] {
  const { endpoint, stream, asksUsage } = request;
  if (!isWanted || !stream || asksUsage || !withOption.has(endpoint)) return [];
  const option = { name: 'stream_options', field: 'include_usage', value: 'true' };
  return innerChange(request, option, inner);
}

function userChange(
  request: ModelRequest,
  userId: string | undefined,
  inner: Splice[],
): MemberChange[] {
  if (userId === undefined) return [];
  const value = userId === '' ? undefined : JSON.stringify(userId);
  const { endpoint, fields } = request;
  // In the place that is not this endpoint's nothing of the client's stays either.
  const inMetadata = endpoint === 'messages';
  const field = { name: 'metadata', field: 'user_id', value: inMetadata ? value : undefined };
  return [
    { name: 'user_id', member: fields.get('user_id'), value: inMetadata ? undefined : value },
    ...innerChange(request, field, inner),
  ];
}

interface InnerMember {
  readonly name: string;
  readonly field: string;
  readonly value: string | undefined;
}

/** Changes a member of a member that is an object; where that is not there, it comes. */
function innerChange(
  { body, fields }: ModelRequest,
  { name, field, value }: InnerMember,
  inner: Splice[],
): MemberChange[] {
  const member = fields.get(name);
  const object = member && readInnerObject(body, member.from);
  if (object === undefined) {
    const isAbsent = member === undefined || wordAt(body, member) === null;
    if (value === undefined || !isAbsent) return [];
    return [{ name, member, value: `{${JSON.stringify(field)}:${value}}` }];
  }
  const known = knownMembers(body, object, new Set([field]));
  if ('twin' in known) return [];
  inner.push(...changedMembers(object, [{ name: field, member: known.get(field), value }]));
  return [];
}
