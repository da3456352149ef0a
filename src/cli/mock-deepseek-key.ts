import type { IncomingHttpHeaders } from 'node:http';

import { mockDialectFacts } from './mock-deepseek-dialect.ts';
import { mockError, wrongKeyError, type MockError } from './mock-deepseek-error.ts';
import type { MockNames } from './mock-deepseek-model-name.ts';
import type { MockBehaviour } from './mock-deepseek-rule.ts';
import type { MockState } from './mock-deepseek-state.ts';

/** What decides whether a request is let in. */
export interface MockEntrance {
  readonly names: MockNames;
  readonly keys: () => readonly string[];
  readonly state: () => MockState;
  readonly url: string;
}

/** The key of a request; the Anthropic API takes `x-api-key` too. */
export function keyOf(headers: IncomingHttpHeaders, path: string): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const own = headers['x-api-key'];
  const anthropic = path.endsWith('/messages') && typeof own === 'string' ? own : undefined;
  return anthropic ?? bearer;
}

/** Why a request is refused whatever it asks for: by the script, for its key, an empty account or a server that is not ready. */
export function refusalOf(
  key: string | undefined,
  behaviour: MockBehaviour,
  entrance: MockEntrance,
): MockError | undefined {
  const { status, message, fault } = behaviour;
  // With the fault `error` the status is that of an error in an answer that has begun.
  if (status !== undefined && fault !== 'error') {
    if (status === 401 && key !== undefined && message === undefined) return wrongKeyError(key);
    return mockError(status, message);
  }
  return keyRefusal(key, entrance) ?? stateRefusal(entrance);
}

function keyRefusal(
  key: string | undefined,
  { names, keys, url }: MockEntrance,
): MockError | undefined {
  const { wantsKey, guards } = mockDialectFacts[names.dialect];
  const accepted = keys();
  if (!guards(url.split('?')[0] ?? '') || (accepted.length === 0 && !wantsKey)) return undefined;
  if (key === undefined) return mockError(401);
  return accepted.length > 0 && !accepted.includes(key) ? wrongKeyError(key) : undefined;
}

function stateRefusal({ names, state, url }: MockEntrance): MockError | undefined {
  const { healthy = true, balance = 10 } = state();
  const page = /\/(?:models|balance|health|metrics|slots|props|ping)/.test(url);
  if (page) return undefined;
  if (!healthy) return mockError(503);
  return names.dialect === 'deepseek' && balance <= 0 ? mockError(402) : undefined;
}
