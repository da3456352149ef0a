import type { SettingsSpec } from '../api/settings.ts';
import { refKey } from '../api/resource.ts';
import { defaultSettings, type CompiledSettings } from './compiled-settings.ts';
import { candidates, shapeFindings, type CompileContext } from './context.ts';
import { createFindings } from './findings.ts';

/** Reads the Settings called `default`, else the first; the rest are not in force and say so. */
export function settingsPass(context: CompileContext): void {
  const entries = context.resources.list('Settings');
  const chosen = entries.find((entry) => entry.ref.name === 'default') ?? entries[0];
  for (const entry of entries) {
    const findings = createFindings();
    const [candidate] = candidates(context, entry);
    if (entry !== chosen) {
      findings.warn({
        reason: 'DuplicateResource',
        path: 'metadata.name',
        what: `not in force: ${chosen?.ref.namespace}.${chosen?.ref.name} is`,
      });
    } else if (candidate) {
      context.settings = readSettings(candidate.resource.spec, entry.ref.namespace);
      context.accepted.set(refKey(entry.ref), candidate.resource);
    }
    context.verdicts.set(refKey(entry.ref), {
      findings: [...shapeFindings(entry), ...findings.list],
      keySets: [],
      servingLastGood: entry === chosen && candidate?.lastGood === true,
    });
  }
}

function readSettings(spec: SettingsSpec, namespace: string): CompiledSettings {
  const { seekgate, rbac, gloo } = spec;
  const policy = gloo?.invalidConfigPolicy;
  const upstream = seekgate?.defaultUpstream;
  return {
    requireRbac: rbac?.requireRbac ?? defaultSettings.requireRbac,
    allowWeakKeys: seekgate?.allowWeakKeys ?? defaultSettings.allowWeakKeys,
    // Zero is protobuf's "not set".
    regexMaxLength: gloo?.regexMaxProgramSize || defaultSettings.regexMaxLength,
    replaceInvalidRoutes: policy?.replaceInvalidRoutes ?? defaultSettings.replaceInvalidRoutes,
    invalidRouteStatus: policy?.invalidRouteResponseCode || defaultSettings.invalidRouteStatus,
    invalidRouteBody: policy?.invalidRouteResponseBody || defaultSettings.invalidRouteBody,
    ...(upstream
      ? { defaultUpstream: { name: upstream.name, namespace: upstream.namespace ?? namespace } }
      : {}),
    sharedUpstreams: seekgate?.sharedNamespaces ?? defaultSettings.sharedUpstreams,
    sharedSecrets: seekgate?.sharedNamespaces ?? defaultSettings.sharedSecrets,
  };
}
