import type { Ref } from '../api/schema.ts';
import { refKey, type Resource, type SecretBody } from '../api/resource.ts';
import { contentHash } from '../base/stable-json.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { want, type CompileContext } from './context.ts';
import { resourceKey } from './core-kinds.ts';
import { shown, type Findings, type Note } from './findings.ts';
import { permitted } from './namespaces.ts';

/** Who asks for a secret, and where it says so. */
export interface SecretUse {
  readonly context: CompileContext;
  readonly namespace: string;
  readonly findings: Findings;
  readonly path: string;
  /** Without the Secret the resource cannot be used at all. */
  readonly required?: boolean;
  /** What it is for, in Gloo's words. Default `SSL`. */
  readonly secretKind?: string;
}

/** A found secret; `read` gives the text of one of its keys. */
export interface FoundSecret {
  readonly id: string;
  readonly body: Resource<'Secret'>;
  readonly read: (key: string) => string | undefined;
}

/** Looks a Secret up, by the rule of namespaces; a finding says why it is not to be had. */
export function findSecret(
  ref: Ref,
  { context, namespace, findings, path, required, secretKind = 'SSL' }: SecretUse,
): FoundSecret | undefined {
  const owner = ref.namespace ?? namespace;
  if (!permitted(owner, namespace, context.settings.sharedSecrets)) {
    findings.error({
      reason: 'RefNotPermitted',
      path,
      what: 'the Secret belongs to another namespace',
      found: `${owner}.${ref.name} from namespace ${namespace}`,
      accepted: 'a Secret of the same namespace, or of one in Settings seekgate.sharedNamespaces',
    });
    return undefined;
  }
  const wanted = { kind: 'Secret', namespace: owner, name: ref.name };
  const allowed = want(context, { namespace, ref: wanted });
  const secret = allowed === undefined ? context.secretBodies.get(resourceKey(wanted)) : undefined;
  if (!secret) {
    (required === true ? findings.error : findings.warn)({
      ...(allowed === undefined ? missing(wanted, context) : surplus(wanted, allowed)),
      path,
      what: 'the secret is missing',
      ...(required === true
        ? { gloo: `${secretKind} secret not found: list did not find secret ${owner}.${ref.name}` }
        : {}),
    });
    return undefined;
  }
  return foundSecret(secret);
}

/** One too many. */
function surplus(
  { namespace, name }: ResourceRef,
  accepted: string,
): Pick<Note, 'reason' | 'found' | 'accepted'> {
  return {
    reason: 'SecretNotFound',
    found: `${shown(`${namespace}.${name}`)}, which is one too many and not looked for`,
    accepted,
  };
}

/** A Secret without the right to it may well be there, as whoever looks with kubectl can see. */
function missing(
  ref: ResourceRef,
  { withheld }: CompileContext,
): Pick<Note, 'reason' | 'found' | 'accepted'> {
  const found = `no Secret ${shown(`${ref.namespace}.${ref.name}`)}`;
  const accepted = 'the name of a Secret';
  if (withheld.get(refKey(ref)) === undefined) return { reason: 'SecretNotFound', found, accepted };
  return {
    reason: 'KindForbidden',
    found: `${found} that the gateway may read`,
    accepted: `${accepted}, and the right to list and watch it`,
  };
}

/** A Secret that is at hand. */
export function foundSecret(body: Resource<'Secret'>): FoundSecret {
  return { id: resourceKey(body.metadata), body, read: (key) => readKey(body, key) };
}

function readKey(secret: SecretBody, key: string): string | undefined {
  if (secret.stringData && Object.hasOwn(secret.stringData, key)) return secret.stringData[key];
  const encoded = secret.data && Object.hasOwn(secret.data, key) ? secret.data[key] : undefined;
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Puts a value among the secrets of the table; the id carries a hash, so that a new value makes a new table. */
export function keepSecret(context: CompileContext, name: string, value: string): string {
  const id = `${name}@${contentHash(value, 8)}`;
  context.secrets.set(id, value);
  return id;
}
