import type { Place } from './parts.ts';

/** Options that are written in one place. */
export interface OptionsLayer<T> {
  readonly value: T;
  /** Path of the options in their resource. */
  readonly path: string;
  /** The resource; undefined: the one that is compiled. */
  readonly place?: Place;
  /** The RouteTable whose route has them, or refers to them; undefined: none. */
  readonly table?: Place;
}

/** Options that are written in several places, the first of which wins. */
export interface MergedOptions<T> {
  readonly layers: readonly OptionsLayer<T>[];
  readonly value: T;
  /** Which layer a field, or the group it belongs to, is taken from. */
  readonly layerOf: (field: Extract<keyof T, string>) => OptionsLayer<T> | undefined;
}

/** Fields of which Gloo has only one: they count as a single field. */
const groups: readonly (readonly string[])[] = [
  ['jwt', 'jwtStaged', 'jwtProvidersStaged'],
  ['hostRewrite', 'autoHostRewrite', 'hostRewritePathRegex', 'hostRewriteHeader'],
  ['ratelimit', 'rateLimitConfigs'],
  ['ratelimitEarly', 'rateLimitEarlyConfigs'],
  ['ratelimitRegular', 'rateLimitRegularConfigs'],
];

/** Gloo's nullable wrappers: there `false` and the empty text are values. */
const nullable: readonly string[] = [
  'prefixRewrite',
  'autoHostRewrite',
  'appendXForwardedHost',
  'includeRequestAttemptCount',
  'includeAttemptCountInResponse',
];

/** Takes each field as a whole from the first layer that has it; nothing is merged within a field. */
export function mergeOptions<T extends object>(
  layers: readonly OptionsLayer<T>[],
): MergedOptions<T> {
  const value: Record<string, unknown> = {};
  const taken = new Map<string, OptionsLayer<T>>();
  for (const layer of layers) {
    const fields = Object.entries(layer.value).filter(([name, field]) => isSet(name, field));
    const open = fields.filter(([name]) => !taken.has(groupOf(name)));
    for (const [name, field] of open) {
      value[name] = field;
      taken.set(groupOf(name), layer);
    }
  }
  return { layers, value: value as T, layerOf: (field) => taken.get(groupOf(field)) };
}

/** Whether options have a field, or another one of its group. */
export function hasOption(options: object, field: string): boolean {
  const group = groupOf(field);
  return Object.entries(options).some(
    ([name, value]) => groupOf(name) === group && isSet(name, value),
  );
}

function groupOf(name: string): string {
  return groups.find((group) => group.includes(name))?.[0] ?? name;
}

/** Protobuf's zero values are those that nobody has set. */
function isSet(name: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (nullable.includes(name)) return true;
  return value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);
}
