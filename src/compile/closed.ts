import type { ClosedAction } from '../ir/table.ts';

/** An answer for a route that may not open. */
export function closed(detail: string): ClosedAction {
  return { kind: 'closed', status: 500, body: 'Internal Server Error', detail };
}
