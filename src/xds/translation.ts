import type { RoutingTable, Secrets } from '../ir/table.ts';
import type { EnvoyConfig } from './typed-config.ts';

/** Something of the table that Envoy cannot do, or does in another way. */
export interface TranslationNote {
  /** `virtual host default.api, route chat`, or the like. */
  readonly place: string;
  readonly what: string;
  /** `closed`: the route answers 500. `different`: it is served, with this difference. */
  readonly effect: 'closed' | 'different';
}

/** A value that the configuration only refers to. */
export interface SecretReference {
  /** Where Envoy reads it: a file, or a variable of its environment. */
  readonly kind: 'file' | 'environment';
  readonly name: string;
  /** What has to be there. */
  readonly content: string;
}

/** What all parts of a translation share. */
export interface Translation {
  readonly table: RoutingTable;
  /** Present: values of secrets are written into the configuration. */
  readonly secrets: Secrets | undefined;
  readonly note: (note: TranslationNote) => void;
  readonly refer: (reference: SecretReference) => void;
}

/** A secret as a `DataSource`: a file named after its id, unless values are asked for. */
export function secretSource(id: string, translation: Translation): EnvoyConfig {
  if (translation.secrets) return { inline_string: translation.secrets[id] ?? '' };
  const name = `secrets/${id}`;
  translation.refer({ kind: 'file', name, content: `the secret ${id}` });
  return { filename: name };
}
