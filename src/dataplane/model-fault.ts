import { errorBody } from '../llm/error-body.ts';
import { isRecord, parseRecord, textOf } from '../llm/json-record.ts';
import type { Denial, DenialReason } from './denial.ts';

/** What is seen to be wrong with an answer of a model server. */
export type ModelFault =
  'no token' | 'no progress' | 'cut off' | 'unreadable' | 'too long' | 'leaked' | 'failed';

interface FaultText {
  readonly status: number;
  readonly reason: DenialReason;
  readonly message: string;
}

const texts: Readonly<Record<ModelFault, FaultText>> = {
  'no token': {
    status: 504,
    reason: 'timeout',
    message: 'The model server sent no token in time.',
  },
  'no progress': {
    status: 504,
    reason: 'timeout',
    message: 'The model server stopped in the middle of its answer.',
  },
  'cut off': {
    status: 502,
    reason: 'protocol',
    message: 'The model server broke off its answer.',
  },
  unreadable: {
    status: 502,
    reason: 'protocol',
    message: 'The model server sent an answer that cannot be read.',
  },
  'too long': {
    status: 502,
    reason: 'protocol',
    message: 'The model server sent more at once than can be read.',
  },
  leaked: {
    status: 502,
    reason: 'protocol',
    message: 'The model server sent what must not be sent on.',
  },
  failed: {
    status: 503,
    reason: 'model_error',
    message: 'The model server could not serve the request.',
  },
};

/** The answer to a request whose model server failed in the middle of its own. */
export function modelFault(fault: ModelFault, detail: string = fault): Denial {
  const { status, reason, message } = texts[fault];
  const body = errorBody(reason, message);
  return { status, body, contentType: 'application/json', reason, detail };
}

/** The route gives an answer only so much time, whole as it may be so far. */
const lateMessage = 'The answer took longer than it may.';

/** What a client is told of a fault when its stream has begun. */
export function faultMessage({ contentType, body, reason }: Denial): string {
  const { error } = (contentType === 'application/json' && parseRecord(body)) || {};
  const own = isRecord(error) ? textOf(error['message']) : '';
  return own || (reason === 'timeout' ? lateMessage : texts['cut off'].message);
}
