import type {
  AddedHeader,
  HeaderChanges,
  HeaderEdit,
  HeaderValuePart,
} from '../ir/route-headers.ts';
import { accountHeaderNames, keyHeaderNames } from '../ir/key-header.ts';
import type { VirtualHost } from '../ir/table.ts';
import type { Translation } from './translation.ts';
import { literalHeaderValue, type EnvoyConfig } from './typed-config.ts';

/** Fields of a route, a virtual host or a share that change headers. */
export function headerFields(changes: HeaderChanges, translation: Translation): EnvoyConfig {
  const { request, response } = changes;
  return {
    ...(request ? editFields('request', request, translation) : {}),
    ...(response ? editFields('response', response, translation) : {}),
  };
}

function editFields(
  side: 'request' | 'response',
  { remove, add }: HeaderEdit,
  translation: Translation,
): EnvoyConfig {
  const added = add.map((header) => addedHeader(header, translation));
  return {
    ...(remove.length > 0 ? { [`${side}_headers_to_remove`]: remove } : {}),
    ...(added.length > 0 ? { [`${side}_headers_to_add`]: added } : {}),
  };
}

function addedHeader({ name, value, append }: AddedHeader, translation: Translation): EnvoyConfig {
  const text =
    'secret' in value ? secretValue(value.secret, translation) : value.map(partText).join('');
  return {
    header: { key: name, value: text },
    append_action: append ? 'APPEND_IF_EXISTS_OR_ADD' : 'OVERWRITE_IF_EXISTS_OR_ADD',
  };
}

function secretValue(id: string, { secrets, refer }: Translation): string {
  if (secrets) return literalHeaderValue(secrets[id] ?? '');
  const name = `SEEKGATE_${id.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;
  refer({ kind: 'environment', name, content: `the header value ${id}` });
  return `%ENVIRONMENT(${name})%`;
}

const commands = {
  peer: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%',
  protocol: '%PROTOCOL%',
  time: '%START_TIME%',
  status: '%RESPONSE_CODE%',
} as const;

function partText(part: HeaderValuePart): string {
  if (typeof part === 'string') return literalHeaderValue(part);
  if (!('name' in part)) return commands[part.of];
  const { of, name, alternative, length } = part;
  const names = alternative === undefined ? name : `${name}?${alternative}`;
  const cut = length === undefined ? '' : `:${length}`;
  return `%${of === 'request' ? 'REQ' : 'RESP'}(${names})${cut}%`;
}

/** The changes that all routes of a virtual host have behind their own: those of the virtual host. */
export function commonChanges({ routes }: VirtualHost): HeaderChanges | undefined {
  const open = routes.filter(({ action }) => action.kind !== 'closed');
  const last = open.map(({ headers }) => headers?.at(-1));
  const [first] = last;
  const isCommon = last.every((one) => JSON.stringify(one) === JSON.stringify(first));
  return isCommon ? first : undefined;
}

/** Whether changes have to do with the credentials of a model server. */
export function concernsCredentials(changes: readonly HeaderChanges[]): boolean {
  return changes.some(({ request }) =>
    [...(request?.remove ?? []), ...(request?.add ?? []).flatMap(namesOf)].some((name) =>
      credentials.has(name),
    ),
  );
}

const credentials = new Set([...keyHeaderNames, ...accountHeaderNames, 'accept-encoding']);

function namesOf({ name, value }: AddedHeader): readonly string[] {
  if ('secret' in value) return [name];
  const read = value.flatMap((part) =>
    typeof part === 'object' && 'name' in part ? [part.name, part.alternative ?? ''] : [],
  );
  return [name, ...read];
}

const listFields = [
  'request_headers_to_add',
  'request_headers_to_remove',
  'response_headers_to_add',
  'response_headers_to_remove',
] as const;

/** Fields of several origins as one: their lists one behind the other. */
export function joinedFields(parts: readonly EnvoyConfig[]): EnvoyConfig {
  const joined = listFields.flatMap((field) => {
    const items = parts.flatMap((part) => {
      const value = part[field];
      return Array.isArray(value) ? (value as readonly unknown[]) : [];
    });
    return items.length > 0 ? [[field, items] as const] : [];
  });
  return Object.fromEntries(joined);
}
