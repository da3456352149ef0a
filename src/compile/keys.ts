import type { Provider } from '../api/jwt.ts';
import type { RouteOptions } from '../api/options.ts';
import type { Resource } from '../api/resource.ts';
import { candidates } from './context.ts';
import { type CompileState } from './compile-state.ts';
import { planHost, type HostPlan } from './host-plan.ts';

/** Kinds in which keys can be written. */
const kinds = ['VirtualService', 'RouteTable', 'RouteOption', 'VirtualHostOption'] as const;
type KeyKind = (typeof kinds)[number];

/** Reads every key text there is, once each: the only pass that waits. */
export async function keysPass(state: CompileState): Promise<void> {
  const { former, next } = state.memory;
  const isSame = former.settings?.allowWeakKeys === state.settings.allowWeakKeys;
  const entries = kinds.flatMap((kind) => state.resources.list(kind));
  const resources = entries.flatMap((entry) =>
    Array.from(candidates(state, entry), ({ resource }) => resource),
  );
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

function textsOf(resource: Resource<KeyKind>): readonly string[] {
  const texts = known.get(resource) ?? readTexts(resource);
  known.set(resource, texts);
  return texts;
}

function readTexts(resource: Resource<KeyKind>): readonly string[] {
  try {
    return providersOf(resource).flatMap(({ jwks }) => jwks?.local?.key ?? []);
  } catch {
    // Whatever it is, compiling this resource comes upon it too, and says so.
    return [];
  }
}

function providersOf(resource: Resource<KeyKind>): readonly Provider[] {
  switch (resource.kind) {
    case 'VirtualService':
      return ofHost(planHost(resource.spec));
    case 'VirtualHostOption': {
      const layer = { value: resource.spec.options ?? {}, path: '' };
      return ofHost(planHost({ virtualHost: {} }, { layers: [layer] }));
    }
    case 'RouteTable':
      return ofOptions((resource.spec.routes ?? []).map(({ options }) => options));
    default:
      return ofOptions([resource.spec.options]);
  }
}

function ofHost(plan: HostPlan | undefined): readonly Provider[] {
  if (!plan) return [];
  const own = [plan.beforeExtAuth, plan.afterExtAuth].flatMap(
    (extension) => extension?.providers.map(({ provider }) => provider) ?? [],
  );
  return [...own, ...ofOptions(plan.routes.value.map(({ options }) => options))];
}

function ofOptions(options: readonly (RouteOptions | undefined)[]): readonly Provider[] {
  const staged = options.map((one) => one?.jwtProvidersStaged);
  return staged
    .flatMap((one) => [one?.beforeExtAuth, one?.afterExtAuth])
    .flatMap((extension) => Object.values(extension?.providers ?? {}));
}
