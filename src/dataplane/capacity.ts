import type { SlotRefusal } from './account.ts';
import type { Accounts } from './accounts.ts';
import type { Upstream } from './upstream.ts';

/** How much of what models can take is in use; all names in it come from the table. */
export interface Capacity {
  readonly accounts: readonly AccountCapacity[];
  /** Those that told it lately. */
  readonly servers: readonly ServerCapacity[];
}

interface AccountCapacity {
  readonly name: string;
  readonly limit: number;
  readonly active: number;
  readonly waiting: number;
  /** Since the account is in use. */
  readonly refused: Readonly<Record<SlotRefusal, number>>;
}

interface ServerCapacity {
  readonly upstream: string;
  /** `host:port`. */
  readonly endpoint: string;
  readonly running: number;
  readonly waiting: number;
}

/** Counts at this moment; asks nobody. */
export function capacityOf(upstreams: Iterable<Upstream>, accounts: Accounts): Capacity {
  return {
    accounts: accounts.all().map(({ name, limit, active, waiting, refused }) => {
      return { name, limit, active, waiting, refused: { ...refused } };
    }),
    servers: [...upstreams].flatMap(({ cluster, endpoints }) =>
      endpoints.flatMap(({ label, queue }) => {
        const reading = queue?.reading;
        if (reading === undefined) return [];
        const { running, waiting } = reading;
        return [{ upstream: cluster.name, endpoint: label, running, waiting }];
      }),
    ),
  };
}
