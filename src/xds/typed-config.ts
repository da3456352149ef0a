/** A message of Envoy in its JSON form; names of fields are Envoy's own. */
export type EnvoyConfig = Readonly<Record<string, unknown>>;

/** A message where Envoy takes any kind and has to be told which one it is. */
export function typedConfig(message: string, fields: EnvoyConfig = {}): EnvoyConfig {
  return { '@type': `type.googleapis.com/envoy.${message}`, ...fields };
}

/** A duration as protobuf writes it in JSON. */
export function protoDuration(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}

/** A text for RE2 that matches exactly this text. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** A substitution of RE2 that puts exactly this text in. */
export function escapeSubstitution(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/** A header value without Envoy's `%COMMAND%` substitutions. */
export function literalHeaderValue(text: string): string {
  return text.replaceAll('%', '%%');
}
