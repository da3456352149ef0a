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
  await Promise.all([...texts].map(async (text) => importText(text, context)));
}

/** What could not be read at all is missed by whoever needs it, and is that resource's fault. */
async function importText(text: string, { tools, settings, keyImports }: CompileContext) {
  const { allowWeakKeys } = settings;
  try {
    keyImports.set(text, await tools.importKeys(text, { allowWeakKeys }));
  } catch {
    keyImports.delete(text);
  }
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
