import { removeLines, valuesOf, type HeaderLines } from './header-lines.ts';

const json = /^application\/(?:[\w.-]+\+)?json[\t ]*(?:;[\t ]*charset="?utf-?8"?[\t ]*)?$/i;

/**
 * Tells the server to read a body as the gateway read it: as a form, or in UTF-7, the same bytes may name another model.
 * Clients that send JSON as a form by mistake are served all the same.
 */
export function sayJson(lines: HeaderLines): void {
  const types = valuesOf(lines, 'content-type');
  if (types.length === 1 && json.test(types[0] ?? '')) return;
  removeLines(lines, (name) => name === 'content-type');
  lines.push('content-type', 'application/json');
}
