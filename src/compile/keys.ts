import type { Provider } from '../api/jwt.ts';
import type { Resource } from '../api/resource.ts';
import { candidates } from './context.ts';
import { type CompileState } from './compile-state.ts';
import { planExtension, planHost } from './host-plan.ts';

/** Reads every key text there is, once each: the only pass that waits. */
export async function keysPass(state: CompileState): Promise<void> {
  const { former, next } = state.memory;
  const isSame = former.settings?.allowWeakKeys === state.settings.allowWeakKeys;
  const resources = state.resources
    .list('VirtualService')
    .flatMap((entry) => Array.from(candidates(state, entry), ({ resource }) => resource));
  const unread = new Set<string>();
  for (const text of resources.flatMap(textsOf)) {
    const known = isSame ? former.keyImports.get(text) : undefined;
    if (known) state.keyImports.set(text, known);
    else unread.add(text);
  }
  await Promise.all([...unread].map(async (text) => importText(text, state)));
  for (const [text, imported] of state.keyImports) next.keyImports.set(text, imported);
}

/** What could not be read at all is missed by whoever needs it, and is that resource's fault. */
async function importText(text: string, { tools, settings, keyImports }: CompileState) {
  const { allowWeakKeys } = settings;
  try {
    keyImports.set(text, await tools.importKeys(text, { allowWeakKeys }));
  } catch {
    keyImports.delete(text);
  }
}

/** Of resources, which never change. */
const known = new WeakMap<object, readonly string[]>();

function textsOf(resource: Resource<'VirtualService'>): readonly string[] {
  const texts = known.get(resource) ?? readTexts(resource);
  known.set(resource, texts);
  return texts;
}

function readTexts(resource: Resource<'VirtualService'>): readonly string[] {
  try {
    return providersOf(resource).flatMap(({ jwks }) => jwks?.local?.key ?? []);
  } catch {
    // Whatever it is, compiling this resource comes upon it too, and says so.
    return [];
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
