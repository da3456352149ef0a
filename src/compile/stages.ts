import type { RouteOptions } from '../api/options.ts';
import {
  validationPolicies,
  type JwtProvider,
  type JwtStage,
  type JwtStages,
  type ValidationPolicy,
} from '../ir/jwt.ts';
import { planExtension, type ExtensionPlan, type HostPlan } from './host-plan.ts';
import type { MergedOptions } from './merged-options.ts';
import { scopeAt } from './parts.ts';
import { compileProvider, type HostScope } from './providers.ts';

type StageName = keyof JwtStages;

/** The providers of one virtual host under names that are unique in it, and its stages. */
export interface HostProviders {
  readonly providers: Record<string, JwtProvider>;
  readonly stages: JwtStages;
  /** The stages have errors, with `replaceInvalidRoutes`: routes that use them stay closed. */
  readonly broken?: boolean;
}

/** Compiles the stages of the virtual host itself. */
export function compileHostStages(plan: HostPlan, scope: HostScope): HostProviders {
  const providers = Object.create(null) as Record<string, JwtProvider>;
  const before = plan.beforeExtAuth && compileStage(plan.beforeExtAuth, providers, scope);
  const after = plan.afterExtAuth && compileStage(plan.afterExtAuth, providers, scope);
  return { providers, stages: stagesOf(before, after) };
}

/**
 * What is in force on a route: its own providers replace those of the same stage, `disable` turns a stage off, and the
 * deprecated `jwt.disable` stands for the stage after external auth, as `jwt` of a virtual host does.
 */
export function compileRouteStages(
  { value: options, layerOf }: MergedOptions<RouteOptions>,
  host: HostProviders,
  scope: HostScope,
): JwtStages | undefined {
  const layer = layerOf('jwt');
  const own = (stage: StageName): JwtStage | undefined => {
    const written = options.jwtProvidersStaged?.[stage];
    if (written) {
      const at = `${layer?.path}.jwtProvidersStaged.${stage}`;
      const plan = planExtension(written, at, layer?.place);
      return compileStage(plan, host.providers, scope);
    }
    const off = options.jwtStaged?.[stage]?.disable === true;
    const oldOff = stage === 'afterExtAuth' && options.jwt?.disable === true;
    return off || oldOff ? undefined : host.stages[stage];
  };
  const before = own('beforeExtAuth');
  const after = own('afterExtAuth');
  const { stages } = host;
  const inherited = before === stages.beforeExtAuth && after === stages.afterExtAuth;
  return inForce(inherited ? stages : stagesOf(before, after));
}

/** The stages, or undefined where no token is looked for. */
export function inForce(stages: JwtStages): JwtStages | undefined {
  return stages.beforeExtAuth || stages.afterExtAuth ? stages : undefined;
}

/** Whether a stage that is in force is one of the virtual host with errors. */
export function usesBrokenStage(stages: JwtStages | undefined, host: HostProviders): boolean {
  if (!stages || host.broken !== true) return false;
  const inherited = (name: StageName): boolean =>
    stages[name] !== undefined && stages[name] === host.stages[name];
  return inherited('beforeExtAuth') || inherited('afterExtAuth');
}

/** The stage of the virtual host that a route replaces by one that lets more requests through; undefined: none. */
export function relaxedStage(
  options: RouteOptions,
  { stages }: HostProviders,
): StageName | undefined {
  return (['beforeExtAuth', 'afterExtAuth'] as const).find((name) => {
    const written = options.jwtProvidersStaged?.[name];
    const host = stages[name];
    return (
      written && host && laxity(planExtension(written, '').validation) > laxity(host.validation)
    );
  });
}

function laxity(policy: ValidationPolicy): number {
  return validationPolicies.indexOf(policy);
}

function stagesOf(before: JwtStage | undefined, after: JwtStage | undefined): JwtStages {
  return {
    ...(before ? { beforeExtAuth: before } : {}),
    ...(after ? { afterExtAuth: after } : {}),
  };
}

function compileStage(
  plan: ExtensionPlan,
  into: Record<string, JwtProvider>,
  outer: HostScope,
): JwtStage {
  const scope = scopeAt(outer, plan.place);
  if (plan.providers.length === 0) {
    scope.findings.error({
      reason: 'MissingField',
      path: `${plan.path}.providers`,
      what: 'verification without a provider would let nobody in',
      found: 'no providers',
      accepted: 'at least one provider',
    });
  }
  const seen = new Set<string>();
  const keys: string[] = [];
  for (const provider of plan.providers) {
    if (seen.has(provider.name)) {
      scope.findings.error({
        reason: 'ConflictingFields',
        path: `${provider.path}.name`,
        what: 'two providers have one name',
        found: provider.name,
        accepted: 'a name of its own for each provider',
      });
    }
    seen.add(provider.name);
    const compiled = compileProvider(provider, scope);
    if (compiled) keys.push(register(compiled, into));
  }
  const detail = plan.errorDetail ?? scope.context.settings.errorDetail;
  const generic = detail === 'generic' ? { errorDetail: detail } : {};
  return { validation: plan.validation, ...generic, providers: keys };
}

/** The user's name; a different provider of that name in another stage or route gets a number. */
function register(provider: JwtProvider, into: Record<string, JwtProvider>): string {
  const text = JSON.stringify(provider);
  for (let count = 1; ; count += 1) {
    const key = count === 1 ? provider.name : `${provider.name}#${count}`;
    const known = Object.hasOwn(into, key) ? into[key] : undefined;
    if (!known) into[key] = provider;
    if (!known || JSON.stringify(known) === text) return key;
  }
}
