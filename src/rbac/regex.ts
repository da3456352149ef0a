import { RE2JS } from 're2js';

import { messageOf } from '../base/errors.ts';
import type { CheckRegex } from '../ir/key-import.ts';

/** A compiled RE2 expression that has to cover the whole value. */
export interface Regex {
  /** For text. */
  readonly test: (value: string) => boolean;
  /** For a value that is already one character per byte, as node gives header lines. */
  readonly testBytes: (value: string) => boolean;
}

/** The same expression stands in many resources; each is compiled once. */
const cacheLimit = 4096;
const compiled = new Map<string, RE2JS>();

/**
 * Matching takes time in proportion to the text and to the program, and a few nested repetitions make a program of 80,000
 * instructions: half a minute for one path, in which nobody else is served. What is spelled out may be longer.
 */
const programLimit = 2048;

/** Compiles an expression; throws on one that is not RE2, see {@link checkRegex}. */
export function compileRegex(pattern: string): Regex {
  const program = programOf(pattern);
  return {
    test: (value) => program.testExact(byteString(value)),
    testBytes: (value) => program.testExact(value),
  };
}

/** The fault of an expression, or undefined when it is good RE2. */
export const checkRegex: CheckRegex = (pattern) => {
  try {
    programOf(pattern);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

/**
 * Replaces every match of the expression; `\1` to `\9` in the substitution stand for groups, `\0` for the whole match and
 * `\\` for a backslash (RE2 `GlobalReplace`, Gloo `regexRewrite`).
 */
export function rewriteRegex(pattern: string, substitution: string, value: string): string {
  const program = programOf(pattern);
  const template = byteString(substitution);
  const groups = program.groupCount() + 1;
  const rewritten = program
    .matcher(byteString(value))
    .replaceAll((...found: (string | undefined)[]) => expand(template, found.slice(0, groups)));
  return Buffer.from(rewritten, 'latin1').toString('utf8');
}

function expand(template: string, groups: readonly (string | undefined)[]): string {
  return template.replaceAll(/\\(\d|\\)/g, (_text, reference: string) =>
    reference === '\\' ? '\\' : (groups[Number(reference)] ?? ''),
  );
}

function programOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const program = RE2JS.compile(byteString(pattern));
  const size = program.programSize();
  const limit = Math.max(programLimit, 2 * pattern.length);
  if (size > limit) {
    throw new SyntaxError(`its program has ${size} instructions, the limit is ${limit}`);
  }
  if (compiled.size >= cacheLimit) compiled.delete(compiled.keys().next().value ?? '');
  compiled.set(pattern, program);
  return program;
}

/** Envoy matches bytes: `.` is one byte of the UTF-8, so `x.y` does not take `xéy`. One character per byte does the same here. */
function byteString(text: string): string {
  return Buffer.byteLength(text) === text.length
    ? text
    : Buffer.from(text, 'utf8').toString('latin1');
}
