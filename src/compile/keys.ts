import type { Provider } from '../api/jwt.ts';
import type { Resource } from '../api/resource.ts';
import { candidates, type CompileContext } from './context.ts';
import { planExtension, planHost } from './host-plan.ts';

/** Reads every key text there is, once each: the only pass that waits. */
export async function keysPass(context: CompileContext): Promise<void> {
  const providers = context.resources
    .list('VirtualService')
    .flatMap((entry) => candidates(context, entry))
    .flatMap(({ resource }) => providersOf(resource));
  const texts = new Set(providers.flatMap(({ jwks }) => jwks?.local?.key ?? []));
  const { allowWeakKeys } = context.settings;
  await Promise.all(
    [...texts].map(async (text) => {
      context.keyImports.set(text, await context.tools.importKeys(text, { allowWeakKeys }));
    }),
  );
}

function providersOf(resource: Resource<'VirtualService'>): readonly Provider[] {
  const plan = planHost(resource.spec);
  if (!plan) return [];
  const onRoutes = plan.routes.value.flatMap((route) => {
    const staged = route.options?.jwtProvidersStaged;
    return [staged?.beforeExtAuth, staged?.afterExtAuth].flatMap((extension) =>
      extension ? [planExtension(extension, '')] : [],
    );
  });
  return [plan.beforeExtAuth, plan.afterExtAuth, ...onRoutes].flatMap(
    (extension) => extension?.providers.map(({ provider }) => provider) ?? [],
  );
}
