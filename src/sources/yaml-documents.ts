import {
  boolYaml11Tag,
  constructFromEvents,
  CORE_SCHEMA,
  mergeTag,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import { messageOf } from '../base/errors.ts';
import { locate, outlineOf, type Outline } from './yaml-outline.ts';

/** One document of a file, or one item of a `kind: List` in it. */
export interface YamlDocument {
  readonly value: unknown;
  /** Counted from 1. */
  readonly line: number;
  /** The line of a path such as `spec.routes[2]`, or of the nearest node above it that is there. */
  readonly lineOf: (path: string) => number;
}

/** A text that is no YAML: nothing of it is used. */
interface YamlError {
  readonly line: number;
  readonly message: string;
}

export type YamlText =
  { readonly documents: readonly YamlDocument[] } | { readonly error: YamlError };

/** Nesting that no manifest comes near to. */
const maxDepth = 64;

/** What kubectl takes `yes` and `<<` for, so that one manifest means the same in a folder and in a cluster. */
const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag);

/** Reads a text of YAML or JSON with any number of documents; empty ones are left out, duplicate keys are errors. */
export function readYaml(text: string): YamlText {
  try {
    const events = parseEvents(text, { maxDepth });
    const outlines = outlineOf(events, text);
    const values = constructFromEvents(events, { source: text, schema });
    const lines = lineStarts(text);
    const documents = values.flatMap((value, index) => {
      const root = outlines[index];
      return root === undefined || value === null ? [] : expandList(value, root, lines);
    });
    return { documents };
  } catch (thrown) {
    const line = thrown instanceof YAMLException ? (thrown.mark?.line ?? 0) + 1 : 1;
    const message = thrown instanceof YAMLException ? thrown.reason : messageOf(thrown);
    return { error: { line, message } };
  }
}

/** `kind: List` is what `kubectl get -o yaml` prints; lists in lists do not occur. */
function expandList(
  value: unknown,
  root: Outline,
  lines: readonly number[],
): readonly YamlDocument[] {
  const items = root.members.get('items');
  if (!isList(value) || items === undefined) return [documentOf(value, root, lines)];
  return value.items.map((item, index) => documentOf(item, items.items[index] ?? items, lines));
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  return kind === 'List' && Array.isArray(items);
}

function documentOf(value: unknown, root: Outline, lines: readonly number[]): YamlDocument {
  const lineOf = (path: string): number => lineAt(lines, locate(root, path).offset);
  return { value, line: lineAt(lines, root.offset), lineOf };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of line starts at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(low, 1);
}
