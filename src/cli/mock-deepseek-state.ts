import { load } from 'js-yaml';

import { AppError, messageOf } from '../base/errors.ts';
import { isFields } from './mock-deepseek-fields.ts';

/** What can be changed while the stand-in runs (`/__state`); what is absent is as documented of the dialect. */
export interface MockState {
  /** Requests at a time and model; the next one gets 429. */
  readonly concurrency?: number;
  /** Requests at a time; the next ones wait their turn (self-hosted servers). */
  readonly slots?: number;
  /** Shown by the metrics in place of the true number of requests that wait. */
  readonly waiting?: number;
  /** Shown by the metrics in place of the true number of requests that are answered. */
  readonly running?: number;
  /** Share of the KV cache that is in use, from 0 to 1. */
  readonly kvUsage?: number;
  /** False: health says 503, and so does every request. */
  readonly healthy?: boolean;
  /** Dollars left; with none every request gets 402. */
  readonly balance?: number;
  /** What becomes of reasoning that is sent in: `require` where tool calls came of it, `ignore`, or `refuse` as R1 did. */
  readonly reasoningInput?: 'require' | 'ignore' | 'refuse';
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0;

const checks: Readonly<Record<keyof MockState, (value: unknown) => boolean>> = {
  concurrency: isCount,
  slots: isCount,
  waiting: isCount,
  running: isCount,
  kvUsage: isAmount,
  healthy: (value) => typeof value === 'boolean',
  balance: isAmount,
  reasoningInput: (value) => ['require', 'ignore', 'refuse'].includes(String(value)),
};

/** Changes to the state from YAML or JSON; `null` puts a member back to what is documented. */
export function changeState(state: MockState, text: string): MockState {
  const changes = parse(text);
  if (!isFields(changes)) throw new AppError('ERR_USAGE', 'state: accepted an object');
  for (const [name, value] of Object.entries(changes)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof MockState] : undefined;
    if (check === undefined) {
      const accepted = Object.keys(checks).join(', ');
      throw new AppError('ERR_USAGE', `state.${name}: unknown, accepted ${accepted}`);
    }
    if (value !== null && !check(value)) {
      throw new AppError('ERR_USAGE', `state.${name}: found ${JSON.stringify(value)}`);
    }
  }
  const members = Object.entries({ ...state, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(members);
}

/** Keys from YAML or JSON: a list of strings. */
export function parseKeys(text: string): readonly string[] {
  const keys = parse(text);
  if (Array.isArray(keys) && keys.every((key): key is string => typeof key === 'string')) {
    return keys;
  }
  throw new AppError('ERR_USAGE', 'keys: accepted a list of strings');
}

function parse(text: string): unknown {
  try {
    return load(text);
  } catch (thrown) {
    throw new AppError('ERR_USAGE', messageOf(thrown), thrown);
  }
}
