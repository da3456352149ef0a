import { errorBody } from '../llm/error-body.ts';
import type { Denial } from './denial.ts';
import type { Exchange } from './exchange.ts';
import type { Upstream } from './upstream.ts';

/** Whether a client could name its user where the gateway does not look, to a server whose operator keeps users apart. */
export function couldNameUser({ hasBody }: Exchange, { backend }: Upstream): boolean {
  return hasBody && backend?.settings.isolation !== undefined;
}

/** The answer to it. */
export const unseenUser: Denial = {
  status: 403,
  body: errorBody('permission_error', 'The user of this request cannot be set.'),
  contentType: 'application/json',
  reason: 'model',
  detail: 'where the user stands is not known',
};
