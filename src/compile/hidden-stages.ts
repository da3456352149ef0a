import type { RouteOptions, VirtualHostOptions } from '../api/options.ts';
import type { JwtStages } from '../ir/jwt.ts';
import { hasOption, type MergedOptions, type OptionsLayer } from './merged-options.ts';
import { scopeAt } from './parts.ts';
import type { HostScope } from './providers.ts';

type StageName = keyof JwtStages;
const stageNames: readonly StageName[] = ['beforeExtAuth', 'afterExtAuth'];
const jwtFields = ['jwt', 'jwtStaged', 'jwtProvidersStaged'] as const;

/**
 * As in Gloo the first options with a jwt field count for both stages: a stage that only options behind them ask for is gone,
 * which whoever wrote those has to hear, unless it is turned off in so many words.
 */
export function warnHiddenStages(
  options: MergedOptions<RouteOptions>,
  stages: JwtStages | undefined,
  scope: HostScope,
): void {
  const winner = options.layerOf('jwt');
  // Of those of tables more is told.
  if (!winner || winner.table || scope.isDetached === true) return;
  const asks = ({ jwtProvidersStaged }: RouteOptions, name: StageName): boolean =>
    jwtProvidersStaged?.[name] !== undefined;
  const isOff = ({ jwt, jwtStaged }: RouteOptions, name: StageName): boolean =>
    jwtStaged?.[name]?.disable === true || (name === 'afterExtAuth' && jwt?.disable === true);
  for (const name of stageNames) {
    if (stages?.[name] !== undefined || isOff(winner.value, name)) continue;
    warnHidden(name, winner, { layers: options.layers, asks }, scope);
  }
}

/** The same for a virtual host, which cannot turn a stage off. */
export function warnHiddenHostStages(
  options: MergedOptions<VirtualHostOptions>,
  scope: HostScope,
): void {
  const winner = options.layerOf('jwt');
  if (!winner) return;
  const asks = ({ jwt, jwtStaged }: VirtualHostOptions, name: StageName): boolean =>
    jwtStaged?.[name] !== undefined || (name === 'afterExtAuth' && jwt !== undefined);
  for (const name of stageNames) {
    if (!asks(winner.value, name)) {
      warnHidden(name, winner, { layers: options.layers, asks }, scope);
    }
  }
}

interface Hiding<T> {
  readonly layers: readonly OptionsLayer<T>[];
  readonly asks: (options: T, name: StageName) => boolean;
}

function warnHidden<T extends object>(
  name: StageName,
  winner: OptionsLayer<T>,
  { layers, asks }: Hiding<T>,
  scope: HostScope,
): void {
  const hidden = layers.find((layer) => layer !== winner && asks(layer.value, name));
  if (!hidden) return;
  const field = jwtFields.find(
    (one) => Object.hasOwn(winner.value, one) && hasOption(winner.value, one),
  );
  const ref = hidden.place?.origin.ref;
  const owner = ref ? `${ref.kind} ${ref.namespace}.${ref.name}` : 'other options';
  scopeAt(scope, winner.place).findings.warn({
    reason: 'AuthRemoved',
    path: `${winner.path}.${field}`,
    what: `this takes the place of all jwt options of ${owner}, so that the verification ${name} which they ask for is gone`,
  });
}
