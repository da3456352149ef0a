import { refKey, type Entry } from '../api/resource.ts';
import type { SettingsSpec } from '../api/settings.ts';
import { errorDetails } from '../ir/jwt.ts';
import { pathMatchings } from '../ir/matcher.ts';
import { oldestFirst } from './age.ts';
import { defaultSettings, unreadableSettings, type CompiledSettings } from './compiled-settings.ts';
import { shapeFindings } from './context.ts';
import { type CompileState } from './compile-state.ts';
import { enumName } from './enum-name.ts';
import { createFindings } from './findings.ts';
import { serveVersion } from './served-version.ts';

/** Reads the oldest Settings called `default`, else the oldest; the rest are not in force and say so. */
export function settingsPass(context: CompileState): void {
  const entries = oldestFirst(context.resources.list('Settings'), context.options.lastGood);
  const chosen = entries.find((entry) => entry.ref.name === 'default') ?? entries[0];
  for (const entry of entries) {
    if (entry === chosen) inForce(entry, context);
    else notInForce(entry, chosen?.ref, context);
  }
  const { former, next } = context.memory;
  // Equal ones stay the same object: everything else is compiled anew for others.
  const isSame = JSON.stringify(former.settings) === JSON.stringify(context.settings);
  context.settings = (isSame ? former.settings : undefined) ?? context.settings;
  next.settings = context.settings;
}

function inForce(entry: Entry<'Settings'>, context: CompileState): void {
  const served = serveVersion(context, entry, ({ spec, metadata }) =>
    readSettings(spec, metadata.namespace),
  );
  context.settings = served?.compiled ?? unreadableSettings;
  if (served) return;
  const key = refKey(entry.ref);
  const verdict = context.verdicts.get(key);
  const findings = createFindings();
  findings.error({
    reason: verdict?.findings[0]?.reason ?? 'InternalError',
    path: '',
    what: 'until the Settings can be read, routes without RBAC policies refuse everybody',
  });
  if (!verdict) return;
  context.verdicts.set(key, { ...verdict, findings: [...verdict.findings, ...findings.list] });
}

function notInForce(
  entry: Entry<'Settings'>,
  chosen: Entry['ref'] | undefined,
  context: CompileState,
): void {
  const findings = createFindings();
  findings.warn({
    reason: 'DuplicateResource',
    path: 'metadata.name',
    what: `not in force: ${chosen?.namespace}.${chosen?.name} is`,
  });
  context.verdicts.set(refKey(entry.ref), {
    findings: [...shapeFindings(entry), ...findings.list],
    keySets: [],
    servingLastGood: false,
  });
  if (entry.resource) context.accepted.set(refKey(entry.ref), entry.resource);
}

function readSettings(spec: SettingsSpec, namespace: string): CompiledSettings {
  const { seekgate, rbac, gloo } = spec;
  const policy = gloo?.invalidConfigPolicy;
  const upstream = seekgate?.defaultUpstream;
  const isStrict = enumName(seekgate?.pathMatching, pathMatchings) === 'strict';
  return {
    requireRbac: rbac?.requireRbac ?? defaultSettings.requireRbac,
    allowWeakKeys: seekgate?.allowWeakKeys ?? defaultSettings.allowWeakKeys,
    // Zero is protobuf's "not set".
    regexMaxLength: gloo?.regexMaxProgramSize || defaultSettings.regexMaxLength,
    replaceInvalidRoutes: policy?.replaceInvalidRoutes ?? defaultSettings.replaceInvalidRoutes,
    invalidRouteStatus: policy?.invalidRouteResponseCode || defaultSettings.invalidRouteStatus,
    invalidRouteBody: policy?.invalidRouteResponseBody || defaultSettings.invalidRouteBody,
    strictRoutePaths: isStrict,
    strictPolicyPaths: isStrict,
    errorDetail: enumName(seekgate?.errorDetail, errorDetails),
    ...(upstream
      ? { defaultUpstream: { name: upstream.name, namespace: upstream.namespace ?? namespace } }
      : {}),
    ...(spec.extProc === undefined ? {} : { extProc: spec.extProc }),
    ...(gloo?.circuitBreakers ? { circuitBreakers: gloo.circuitBreakers } : {}),
    sharedUpstreams: seekgate?.sharedNamespaces ?? defaultSettings.sharedUpstreams,
    sharedSecrets: seekgate?.sharedNamespaces ?? defaultSettings.sharedSecrets,
  };
}
