import type { RoutingTable, Secrets } from '../ir/table.ts';
import { envoyClusters } from './envoy-clusters.ts';
import { envoyListener } from './envoy-listener.ts';
import type { SecretReference, Translation, TranslationNote } from './translation.ts';
import type { EnvoyConfig } from './typed-config.ts';

export interface BootstrapOptions {
  /** Where listeners are bound. */
  readonly address: string;
  /** Write the values of secrets into the configuration. Default: it refers to files and variables. */
  readonly secrets?: Secrets;
}

/** A table as a static configuration of Envoy, and what could not be told in it. */
export interface EnvoyBootstrap {
  readonly bootstrap: EnvoyConfig;
  readonly notes: readonly TranslationNote[];
  /** What has to be there when Envoy starts. */
  readonly references: readonly SecretReference[];
}

/** Instructions that the program of an expression may have; Envoy's own limit of 100 refuses what the table holds. */
const regexProgramLimit = 65_536;

/** Translates a table; pure, so that equal tables give equal configurations. */
export function envoyBootstrap(table: RoutingTable, options: BootstrapOptions): EnvoyBootstrap {
  const notes = new Map<string, TranslationNote>();
  const references = new Map<string, SecretReference>();
  const translation: Translation = {
    table,
    secrets: options.secrets,
    note: (note) => void notes.set(JSON.stringify(note), note),
    refer: (reference) => void references.set(reference.name, reference),
  };
  const bootstrap = {
    static_resources: {
      listeners: table.listeners.map((one) => envoyListener(one, options.address, translation)),
      clusters: envoyClusters(translation),
    },
    layered_runtime: {
      layers: [
        {
          name: 'seekgate',
          static_layer: { 're2.max_program_size.error_level': regexProgramLimit },
        },
      ],
    },
  };
  return { bootstrap, notes: [...notes.values()], references: [...references.values()] };
}
