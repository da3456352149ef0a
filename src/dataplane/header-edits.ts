import type {
  AddedHeader,
  HeaderChanges,
  HeaderCommand,
  HeaderEdit,
  HeaderValuePart,
} from '../ir/route-headers.ts';
import type { Secrets } from '../ir/table.ts';
import { isHeaderValue, removeLines, type HeaderLines } from './header-lines.ts';
import { joinsLines } from './joined-headers.ts';

/** The changes of one place, ready to be made. */
export interface PreparedChanges {
  readonly request: PreparedEdit | undefined;
  readonly response: PreparedEdit | undefined;
}

interface PreparedEdit {
  readonly remove: ReadonlySet<string>;
  readonly add: readonly PreparedHeader[];
}

interface PreparedHeader {
  readonly name: string;
  readonly append: boolean;
  readonly parts: readonly HeaderValuePart[];
}

/** What values are made of. */
export interface ValueSource {
  /** A request line, or one of Envoy's pseudo headers. */
  readonly request: (name: string) => string | undefined;
  readonly peer: string;
  readonly protocol: string;
  /** Status of the answer; 0: none yet. */
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly startedMs: () => number;
}

/** Prepares the changes of one place; a secret that is not there is not added. */
export function prepareChanges(
  { request, response }: HeaderChanges,
  secrets: Secrets,
): PreparedChanges {
  return {
    request: request && preparedEdit(request, secrets),
    response: response && preparedEdit(response, secrets),
  };
}

function preparedEdit({ remove, add }: HeaderEdit, secrets: Secrets): PreparedEdit {
  return { remove: new Set(remove), add: add.map((header) => preparedHeader(header, secrets)) };
}

function preparedHeader({ name, value, append }: AddedHeader, secrets: Secrets): PreparedHeader {
  if (!('secret' in value)) return { name, append, parts: value };
  return { name, append, parts: [secrets[value.secret] ?? ''] };
}

/** Changes lines in place; every edit sees what those before it have made. */
export function editLines(
  lines: HeaderLines,
  edits: readonly (PreparedEdit | undefined)[],
  source: ValueSource,
): void {
  for (const edit of edits) {
    if (edit === undefined) continue;
    const { remove } = edit;
    if (remove.size > 0) removeLines(lines, (name) => remove.has(name));
    for (const header of edit.add) addLine(lines, header, source);
  }
}

function addLine(lines: HeaderLines, header: PreparedHeader, source: ValueSource): void {
  const { name, append, parts } = header;
  let value = '';
  for (const part of parts) value += typeof part === 'string' ? part : valueOf(part, lines, source);
  if (value === '' || !isHeaderValue(value)) return;
  if (!append) removeLines(lines, (line) => line === name);
  else if (joinsLines(name)) {
    const at = lineAt(lines, name);
    if (at >= 0) {
      lines[at + 1] = `${lines[at + 1]},${value}`;
      return;
    }
  }
  lines.push(name, value);
}

function valueOf(part: HeaderCommand, lines: HeaderLines, source: ValueSource): string {
  if (part.of === 'peer') return source.peer;
  if (part.of === 'protocol') return source.protocol;
  if (part.of === 'status') return String(source.status);
  if (part.of === 'time') return new Date(source.startedMs()).toISOString();
  if (!('name' in part)) return '';
  const { name, alternative, length } = part;
  const read = (one: string): string | undefined =>
    part.of === 'request' ? source.request(one) : lines[lineAt(lines, one) + 1];
  const value = read(name) ?? (alternative === undefined ? undefined : read(alternative)) ?? '';
  return length === undefined ? value : value.slice(0, length);
}

/** Index of the first line of a name; below zero, so that there is no value behind it: none. */
export function lineAt(lines: readonly string[], name: string): number {
  for (let index = 0; index < lines.length; index += 2) if (lines[index] === name) return index;
  return -2;
}

/** Value of the first line of a name. */
export function firstValue(lines: readonly string[], name: string): string | undefined {
  const at = lineAt(lines, name);
  return at < 0 ? undefined : lines[at + 1];
}
