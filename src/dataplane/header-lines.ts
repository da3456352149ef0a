/**
 * Header lines in one flat array, name and value in turn, names in lower case: what both node:http and undici take
 * without building an object.
 */
export type HeaderLines = string[];

/** All lines of a name joined with `,`; undefined: no such line. */
export function joinedValue(lines: readonly string[], name: string): string | undefined {
  let joined: string | undefined;
  for (let index = 0; index < lines.length; index += 2) {
    if (lines[index] !== name) continue;
    const value = lines[index + 1] ?? '';
    joined = joined === undefined ? value : `${joined},${value}`;
  }
  return joined;
}

/** The values of a name, one per line. */
export function valuesOf(lines: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    if (lines[index] === name) values.push(lines[index + 1] ?? '');
  }
  return values;
}

/** Takes out, in place, every line whose name is told to go. */
export function removeLines(lines: HeaderLines, goes: (name: string) => boolean): void {
  let kept = 0;
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] ?? '';
    if (goes(name)) continue;
    if (kept !== index) {
      lines[kept] = name;
      lines[kept + 1] = lines[index + 1] ?? '';
    }
    kept += 2;
  }
  lines.length = kept;
}

/** Visible characters, spaces, tabs and what is above ASCII (RFC 9110 section 5.5). */
export function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
