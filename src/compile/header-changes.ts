import type { HeaderManipulation } from '../api/header-manipulation.ts';
import type { AddedHeader, HeaderChanges, HeaderEdit } from '../ir/route-headers.ts';
import { shown } from './findings.ts';
import { acceptedCommands, parseHeaderFormat, type Direction } from './header-format.ts';
import { checkName, isHeaderText, isHopByHop } from './header-text.ts';
import { secretHeaders } from './header-secret.ts';
import type { At } from './host-plan.ts';
import type { HostScope } from './providers.ts';

/** Compiles the headers that are added and removed in one place; undefined: none. */
export function compileHeaderChanges(
  { value: spec, path }: At<HeaderManipulation>,
  scope: HostScope,
): HeaderChanges | undefined {
  const { requestHeadersToAdd = [], responseHeadersToAdd = [] } = spec;
  const request = edit(
    removed(spec.requestHeadersToRemove, `${path}.requestHeadersToRemove`, scope),
    requestHeadersToAdd.flatMap((one, index) => {
      const at = `${path}.requestHeadersToAdd[${index}]`;
      const append = one.append ?? true;
      if (one.headerSecretRef) {
        const place = { value: one.headerSecretRef, path: `${at}.headerSecretRef` };
        return secretHeaders(place, append, scope);
      }
      return one.header
        ? added({ value: one.header, path: `${at}.header` }, append, 'request', scope)
        : [];
    }),
  );
  const response = edit(
    removed(spec.responseHeadersToRemove, `${path}.responseHeadersToRemove`, scope),
    responseHeadersToAdd.flatMap(({ header, append }, index) => {
      const at = `${path}.responseHeadersToAdd[${index}].header`;
      return added({ value: header, path: at }, append ?? true, 'response', scope);
    }),
  );
  if (!request && !response) return undefined;
  return { ...(request ? { request } : {}), ...(response ? { response } : {}) };
}

function edit(remove: readonly string[], add: readonly AddedHeader[]): HeaderEdit | undefined {
  return remove.length + add.length > 0 ? { remove, add } : undefined;
}

function removed(
  names: readonly string[] | undefined,
  path: string,
  scope: HostScope,
): readonly string[] {
  const lower = (names ?? []).map((name) => name.toLowerCase());
  for (const [index, name] of lower.entries()) {
    // What belongs to one connection never goes on: to remove it asks for what is so.
    if (!isHopByHop(name)) {
      checkName(name, { path: `${path}[${index}]`, verb: 'removed' }, scope);
    }
  }
  return [...new Set(lower)];
}

function added(
  { value: { key, value = '' }, path }: At<{ readonly key: string; readonly value?: string }>,
  append: boolean,
  direction: Direction,
  scope: HostScope,
): readonly AddedHeader[] {
  const name = key.toLowerCase();
  checkName(name, { path: `${path}.key`, verb: 'modified' }, scope);
  const parts = parseHeaderFormat(value, direction);
  if (typeof parts === 'string' || !isHeaderText(value)) {
    scope.findings.error({
      reason: 'InvalidValue',
      path: `${path}.value`,
      what: 'no header can have this value',
      found: shown(typeof parts === 'string' ? parts : value),
      accepted:
        typeof parts === 'string' ? acceptedCommands : 'visible ASCII characters and spaces',
    });
    return [];
  }
  const use = { name, value: parts, append };
  scope.headerUses?.push({ header: use, path, ...(scope.origin ? { origin: scope.origin } : {}) });
  return [use];
}
