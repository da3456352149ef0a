import { readFileSync } from 'node:fs';

import type { Kind } from '../../src/api/kinds.ts';
import type { Metadata } from '../../src/api/resource.ts';
import {
  compile,
  type CompileOptions,
  type CompileResult,
  type CompileTools,
} from '../../src/compile/compile.ts';
import type { Outcome } from '../../src/ir/outcome.ts';
import type { Route, VirtualHost } from '../../src/ir/table.ts';
import { importKeys } from '../../src/jwt/import-keys.ts';
import { checkRegex } from '../../src/rbac/regex.ts';
import { parseManifestFile } from '../../src/sources/manifest-file.ts';
import { createStore, type Snapshot } from '../../src/store/store.ts';

/** A file of test/golden/keys. */
export function keyFile(name: string): string {
  return readFileSync(new URL(`../golden/keys/${name}`, import.meta.url), 'utf8');
}

/** What the sources would deliver for a text of YAML documents; resources without a namespace are in `default`. */
export function resourcesOf(text: string): Snapshot {
  const { documents, problems } = parseManifestFile('in.yaml', text, 'default');
  const [problem] = problems;
  if (problem) throw new Error(`${problem.origin}: ${problem.problem.message}`);
  const store = createStore();
  store.replaceOrigin(
    'in.yaml',
    documents.map(({ entry }) => entry),
  );
  return store.snapshot();
}

const apiVersions: Partial<Record<Kind, string>> = {
  Upstream: 'gloo.solo.io/v1',
  UpstreamGroup: 'gloo.solo.io/v1',
  Settings: 'gloo.solo.io/v1',
  Secret: 'v1',
  Service: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Pod: 'v1',
};

/** One YAML document; `name` may have its namespace in front: `team/web`. */
export function manifest(
  kind: Kind,
  name: string,
  members: object,
  metadata: Partial<Metadata> = {},
): string {
  const [last = '', namespace] = name.split('/').toReversed();
  return `---\n${JSON.stringify({
    apiVersion: apiVersions[kind] ?? 'gateway.solo.io/v1',
    kind,
    metadata: { name: last, ...(namespace === undefined ? {} : { namespace }), ...metadata },
    ...members,
  })}\n`;
}

/** Like {@link manifest}, with nothing but a spec. */
export function withSpec(
  kind: Kind,
  name: string,
  spec: object,
  metadata: Partial<Metadata> = {},
): string {
  return manifest(kind, name, { spec }, metadata);
}

/** An Upstream called `echo` that every test may use. */
export const echo = withSpec('Upstream', 'echo', {
  static: { hosts: [{ addr: 'echo.test', port: 8080 }] },
});

/** A route to `echo`. */
export const toEcho = { routeAction: { single: { upstream: { name: 'echo' } } } } as const;

/** A provider with a key of its own in the manifest. */
export const localProvider = {
  issuer: 'https://issuer.test',
  jwks: { local: { key: keyFile('ec-p256.public.pem') } },
};

/** The result of a compile and shorter ways into it. */
export interface Compiled extends CompileResult {
  /** By `Kind/name` or `Kind/namespace/name`; the namespace is `default` where it is not said. */
  readonly outcome: (ref: string) => Outcome;
  /** `severity reason path` of every finding on a resource. */
  readonly findings: (ref: string) => readonly string[];
  readonly messages: (ref: string) => string;
  readonly host: (name: string) => VirtualHost;
  readonly route: (host: string, index?: number) => Route;
}

/** Compiles a text of manifests the way the gateway does. */
export async function compileYaml(
  text: string,
  options: Partial<CompileOptions> = {},
  tools: Partial<CompileTools> = {},
): Promise<Compiled> {
  return compileResources(resourcesOf(text), options, tools);
}

/** Likewise, what sources have delivered. */
export async function compileResources(
  resources: Snapshot,
  options: Partial<CompileOptions> = {},
  tools: Partial<CompileTools> = {},
): Promise<Compiled> {
  const result = await compile(
    resources,
    { importKeys, checkRegex, ...tools },
    {
      httpPort: undefined,
      httpsPort: undefined,
      allowLocalUpstreams: 'off',
      lastGood: new Map(),
      ...options,
    },
  );
  return waysInto(result);
}

function waysInto(result: CompileResult): Compiled {
  const outcome = (ref: string): Outcome => {
    const [name, second, third] = ref.split('/').toReversed();
    const [namespace, kind] = third === undefined ? ['default', second] : [second, third];
    const found = result.outcomes.find(
      (one) => one.ref.kind === kind && one.ref.namespace === namespace && one.ref.name === name,
    );
    if (!found) throw new Error(`no outcome for ${ref}`);
    return found;
  };
  const host = (name: string): VirtualHost => {
    const found = result.table.virtualHosts[name.includes('.') ? name : `default.${name}`];
    if (!found) throw new Error(`no virtual host ${name}`);
    return found;
  };
  return {
    ...result,
    outcome,
    findings: (ref) =>
      outcome(ref).findings.map(({ severity, reason, path }) => `${severity} ${reason} ${path}`),
    messages: (ref) =>
      outcome(ref)
        .findings.map(({ message }) => message)
        .join('\n'),
    host,
    route: (name, index = 0) => {
      const found = host(name).routes[index];
      if (!found) throw new Error(`no route ${index} in ${name}`);
      return found;
    },
  };
}
