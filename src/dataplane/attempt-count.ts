import { removeLines, type HeaderLines } from './header-lines.ts';

const countHeader = 'x-envoy-attempt-count';

/** Writes into the lines which try it is, in place of what stands there. */
export function countAttempt(lines: HeaderLines, count: number): void {
  removeLines(lines, (name) => name === countHeader);
  lines.push(countHeader, String(count));
}
