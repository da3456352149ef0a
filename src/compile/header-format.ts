import { isHeaderName } from './header-text.ts';
import type { HeaderCommand, HeaderValuePart } from '../ir/route-headers.ts';

/** For the upstream or for the client: of the answer only the latter can say something. */
export type Direction = 'request' | 'response';

const command = /%%|%([A-Z0-9_]+)(?:\(([^()%]*)\))?(?::(\d{1,5}))?%/y;
const simple: Readonly<Record<string, 'peer' | 'protocol' | 'time' | 'status'>> = {
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: 'peer',
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: 'peer',
  PROTOCOL: 'protocol',
  START_TIME: 'time',
  RESPONSE_CODE: 'status',
};
const pseudo = new Set([':authority', ':method', ':path', ':scheme']);

/** What may stand between percent signs, for whoever wrote something else. */
export const acceptedCommands =
  '%REQ(name)%, %RESP(name)% and %RESPONSE_CODE% in answers, %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%, %PROTOCOL%, %START_TIME%, and %% for a percent sign';

/** Takes a value apart; a text is the piece that cannot be served. */
export function parseHeaderFormat(
  text: string,
  direction: Direction,
): readonly HeaderValuePart[] | string {
  const parts: HeaderValuePart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('%', at);
    const end = next < 0 ? text.length : next;
    literal += text.slice(at, end);
    at = end;
    if (next < 0) break;
    command.lastIndex = next;
    const found = command.exec(text);
    if (found === null) return text.slice(next, next + 40);
    at = command.lastIndex;
    if (found[1] === undefined) {
      literal += '%';
      continue;
    }
    const part = commandOf(found, direction);
    if (part === undefined) return found[0];
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(part);
  }
  return literal === '' ? parts : [...parts, literal];
}

function commandOf(found: RegExpExecArray, direction: Direction): HeaderCommand | undefined {
  const [, name = '', parameters, length] = found;
  if (name === 'REQ' || name === 'RESP') {
    const of = name === 'REQ' ? 'request' : 'response';
    if (of === 'response' && direction === 'request') return undefined;
    return lineOf(of, parameters ?? '', length);
  }
  const of = Object.hasOwn(simple, name) ? simple[name] : undefined;
  if (of === undefined || parameters !== undefined || length !== undefined) return undefined;
  return of === 'status' && direction === 'request' ? undefined : { of };
}

function lineOf(
  of: Direction,
  parameters: string,
  length: string | undefined,
): HeaderCommand | undefined {
  const names = parameters.split('?').map((name) => canonical(name));
  const [name, alternative] = names;
  const isKnown = (one: string): boolean =>
    isHeaderName(one) || (of === 'request' && pseudo.has(one));
  if (name === undefined || names.length > 2 || !names.every(isKnown)) return undefined;
  return {
    of,
    name,
    ...(alternative === undefined ? {} : { alternative }),
    ...(length === undefined ? {} : { length: Number(length) }),
  };
}

function canonical(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'host' ? ':authority' : lower;
}
