import type { Breather } from '../base/breather.ts';
import type { LocalAddresses } from '../base/local-addresses.ts';
import { refKey, type Resource, type ResourceSet } from '../api/resource.ts';
import type { CheckRegex, ImportKeys } from '../ir/key-import.ts';
import type { Outcome, WantedRef } from '../ir/outcome.ts';
import type { RoutingTable, Secrets } from '../ir/table.ts';
import { clustersPass } from './clusters.ts';
import { endCompile, type CompileMemory } from './compile-memory.ts';
import { createCompileState, type CompileState } from './compile-state.ts';
import type { ServedCertificate } from './context.ts';
import { coreKindsPass } from './core-kinds.ts';
import { keysPass } from './keys.ts';
import { listenersPass } from './listeners.ts';
import { outcomesOf } from './outcomes.ts';
import { partVerdictsPass } from './part-verdicts.ts';
import { partsPass } from './parts-pass.ts';
import { settingsPass } from './settings.ts';
import { sealedTable } from './sealed-table.ts';
import { usedListeners } from './used-listeners.ts';
import { usedParts, usedSecrets } from './used-parts.ts';
import { virtualHostsPass } from './virtual-hosts.ts';

/** What the engines lend to the compiler, so that both mean the same by a good key and a good expression. */
export interface CompileTools {
  readonly importKeys: ImportKeys;
  readonly checkRegex: CheckRegex;
}

export interface CompileOptions {
  /** Port of plain listeners given by flag: wins over the bindPort of the first plain Gateway. Without Gateways default 8080. */
  readonly httpPort: number | undefined;
  /** Likewise for TLS listeners; default 8443. */
  readonly httpsPort: number | undefined;
  /** Which local addresses backends may have. */
  readonly allowLocalUpstreams: LocalAddresses;
  /** By `refKey`: the last version of each resource that was accepted; it serves while a newer one is rejected. */
  readonly lastGood: ReadonlyMap<string, Resource>;
  /** `certificates` of the former compile. Default: none. */
  readonly lastCertificates?: ReadonlyMap<string, ServedCertificate>;
  /** Whether the external name of a Service is connected to. Default false: whoever may write Services could point anywhere. */
  readonly allowExternalName?: boolean;
  /** What former compiles with it have left: makes this one faster, and changes nothing of what it gives. */
  readonly memory?: CompileMemory;
  /** Asked between two resources; the compile goes on when the promise resolves. Default: all at one go. */
  readonly breathe?: Breather;
}

export interface CompileResult {
  readonly table: RoutingTable;
  readonly secrets: Secrets;
  /** One for every resource of ours, in the order of kind, namespace and name. */
  readonly outcomes: readonly Outcome[];
  /** `lastGood` of the next compile. */
  readonly accepted: ReadonlyMap<string, Resource>;
  /** What VirtualServices serve with, by `refKey`: `lastCertificates` of the next compile. Holds private keys. */
  readonly certificates: ReadonlyMap<string, ServedCertificate>;
  /** Every Secret, Service and its pods that was looked up, found or not, within the bounds of `WantedReferences`, in the order of kind, namespace and name. */
  readonly wanted: readonly WantedRef[];
}

/** In this order: later passes read what earlier ones left in the context. */
const passes: readonly ((state: CompileState) => void | Promise<void>)[] = [
  settingsPass,
  coreKindsPass,
  keysPass,
  clustersPass,
  listenersPass,
  partsPass,
  virtualHostsPass,
  partVerdictsPass,
];

/**
 * Compiles everything the sources know into one table and says for each resource what became of it. Pure: equal input
 * gives an equal table, and nothing a resource holds can make it throw.
 */
export async function compile(
  resources: ResourceSet,
  tools: CompileTools,
  options: CompileOptions,
): Promise<CompileResult> {
  const state = createCompileState(resources, tools, options);
  for (const pass of passes) await pass(state);
  await options.breathe?.();
  const content = { listeners: usedListeners(state.listeners), ...usedParts(state) };
  const table = sealedTable(content);
  const secrets = Object.freeze(usedSecrets(content, state.secrets));
  await options.breathe?.();
  const outcomes = outcomesOf(state);
  const wanted = wantedOf(state);
  endCompile(state.memory);
  await options.breathe?.();
  const { accepted, certificates } = state;
  return { table, secrets, outcomes, accepted, certificates, wanted };
}

/** The same list as after the former compile while the same is wanted. */
function wantedOf({ wanted, memory }: CompileState): readonly WantedRef[] {
  const found = wanted.refs();
  const last = memory.former.wanted;
  const isWanted = (ref: WantedRef): boolean => {
    const known = found.get(refKey(ref));
    return known !== undefined && known.selector === ref.selector;
  };
  const isSame = last.length === found.size && last.every(isWanted);
  const refs = isSame ? last : [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
  memory.next.wanted = refs;
  return refs;
}
