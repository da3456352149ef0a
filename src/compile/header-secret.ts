import type { Ref } from '../api/schema.ts';
import type { AddedHeader, HeaderChanges } from '../ir/route-headers.ts';
import type { RouteAction, VirtualHost } from '../ir/table.ts';
import { checkName, isHeaderText } from './header-text.ts';
import type { At } from './host-plan.ts';
import { permitted } from './namespaces.ts';
import type { HostScope } from './providers.ts';
import { findSecret, keepSecret, type FoundSecret } from './secrets.ts';

/** Gloo's own kind, and a Secret that no other rule takes; keys of certificates or accounts are no headers. */
const kinds: readonly (string | undefined)[] = [undefined, '', 'Opaque', 'gloo.solo.io/header'];

/** Every key of the Secret as a header; the values stay out of the table. */
export function secretHeaders(
  { value: ref, path }: At<Ref>,
  append: boolean,
  scope: HostScope,
): readonly AddedHeader[] {
  const secret = headerSecret({ value: ref, path }, scope);
  if (!secret) return [];
  const { body } = secret;
  const keys = Object.keys({ ...body.data, ...body.stringData }).sort();
  return keys.flatMap((key) => {
    const name = key.toLowerCase();
    checkName(name, { path, verb: 'modified' }, scope);
    const value = (secret.read(key) ?? '').trim();
    if (isHeaderText(value)) {
      const id = keepSecret(scope.context, `${secret.id}/${key}`, value);
      return [{ name, value: { secret: id }, append }];
    }
    scope.findings.error({
      reason: 'InvalidValue',
      path,
      what: `the value of ${key} cannot be sent in a header`,
      found: `${value.length} characters, some of them not ASCII`,
      accepted: 'visible ASCII characters and spaces',
    });
    return [];
  });
}

/** Where several resources lead to the Secret, each of their namespaces has to be one that may use it. */
function headerSecret({ value: ref, path }: At<Ref>, scope: HostScope): FoundSecret | undefined {
  const { context, namespace, findings, users = [] } = scope;
  const owner = ref.namespace === undefined || ref.namespace === '' ? namespace : ref.namespace;
  const stranger = users.find((user) => !permitted(owner, user, context.settings.sharedSecrets));
  if (stranger !== undefined) {
    findings.error({
      reason: 'RefNotPermitted',
      path,
      what: 'the Secret would be sent where another namespace says',
      found: `${owner}.${ref.name} by way of namespace ${stranger}`,
      accepted: 'a Secret of the same namespace, or of one in Settings seekgate.sharedNamespaces',
    });
    return undefined;
  }
  const use = { context, namespace, findings, path, required: true, secretKind: 'header' };
  const secret = findSecret({ ...ref, namespace: owner }, use);
  if (!secret || kinds.includes(secret.body.type)) return secret;
  findings.error({
    reason: 'InvalidValue',
    path,
    what: 'the Secret does not hold headers',
    found: `type ${secret.body.type}`,
    accepted: 'type gloo.solo.io/header or Opaque',
  });
  return undefined;
}

/** The secrets that headers of a virtual host are made of. */
export function headerSecrets({ routes }: VirtualHost): readonly string[] {
  const changes = new Set(
    routes.flatMap(({ headers = [], action }) => [...headers, ...sharesOf(action)]),
  );
  return [...changes].flatMap(({ request }) =>
    (request?.add ?? []).flatMap(({ value }) => ('secret' in value ? value.secret : [])),
  );
}

function sharesOf(action: RouteAction): readonly HeaderChanges[] {
  return action.kind === 'forward'
    ? action.destinations.flatMap(({ headers }) => headers ?? [])
    : [];
}
