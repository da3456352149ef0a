import { hasError, isLateAccountError } from './account-error.ts';
import { cleanError } from './error-cleaning.ts';
import type { KeyGuard } from './key-guard.ts';
import type { KeyRedaction } from './key-redaction.ts';

/** What is longer is no error: it is sent on as it comes. */
const longestError = 8 * 1024;

const nothing = Buffer.alloc(0);
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
/** Of `error` and `Error`. */
const trace = Buffer.from('rror');

/**
 * Looks for errors in an answer that began as a good one and comes in lines, as events or JSON texts. A line that is split
 * over pieces waits for its end; nobody could read it before.
 */
export function createLateLineErrors(guard: KeyGuard): KeyRedaction {
  let held = nothing;
  return {
    push: (chunk) => {
      const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const end = Math.max(data.lastIndexOf(newline), data.lastIndexOf(carriageReturn)) + 1;
      if (data.length - end > longestError) {
        held = nothing;
        return cleanLines(data, guard);
      }
      held = end === data.length ? nothing : Buffer.from(data.subarray(end));
      return cleanLines(data.subarray(0, end), guard);
    },
    end: () => cleanLines(held, guard),
  };
}

/** The same for one that is a JSON text: a short one is read as a whole, but for the blank lines before it. */
export function createLateTextError(guard: KeyGuard): KeyRedaction {
  let held = nothing;
  let isLong = false;
  return {
    push: (chunk) => {
      if (isLong) return chunk;
      const blanks = held.length === 0 ? leadingBlanks(chunk) : 0;
      held = Buffer.concat([held, chunk.subarray(blanks)]);
      isLong = held.length > longestError;
      if (!isLong) return chunk.subarray(0, blanks);
      return Buffer.concat([chunk.subarray(0, blanks), held]);
    },
    end: () => (isLong ? nothing : cleanIfError(held, guard)),
  };
}

/** One after the other. */
export function joinRedactions(first: KeyRedaction, second: KeyRedaction): KeyRedaction {
  return {
    push: (chunk) => {
      const data = first.push(chunk);
      return data.length === 0 ? data : second.push(data);
    },
    end: () => Buffer.concat([second.push(first.end()), second.end()]),
  };
}

function leadingBlanks(chunk: Buffer): number {
  let count = 0;
  while (count < chunk.length && (chunk[count] ?? 0) <= space) count += 1;
  return count;
}

function cleanLines(data: Buffer, guard: KeyGuard): Buffer {
  if (!data.includes(trace)) return data;
  const lines: Buffer[] = [];
  for (let from = 0; from < data.length;) {
    const at = data.indexOf(newline, from);
    const to = at < 0 ? data.length : at + 1;
    lines.push(...cleanLine(data.subarray(from, to), guard));
    from = to;
  }
  return Buffer.concat(lines);
}

/** What stands before a JSON text in an event. */
const field = Buffer.from('data:');

function cleanLine(line: Buffer, guard: KeyGuard): readonly Buffer[] {
  if (!line.includes(trace)) return [line];
  const from = line.subarray(0, field.length).equals(field) ? field.length : 0;
  let to = line.length;
  while (to > from && (line[to - 1] ?? 0) <= space) to -= 1;
  const text = line.subarray(from, to);
  const clean = cleanIfError(text, guard);
  return clean === text ? [line] : [line.subarray(0, from), clean, line.subarray(to)];
}

function cleanIfError(text: Buffer, guard: KeyGuard): Buffer {
  if (!text.includes(trace) || isAnswer(text)) return text;
  return cleanError(text, guard, isLateAccountError);
}

/** Which may speak of errors. */
function isAnswer(text: Buffer): boolean {
  try {
    const document: unknown = JSON.parse(text.toString());
    return !isFields(document) || !hasError(document);
  } catch {
    return false;
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
