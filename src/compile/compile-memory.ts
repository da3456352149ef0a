import type { Entry } from '../api/resource.ts';
import type { KeyImport } from '../ir/key-import.ts';
import type { WantedRef } from '../ir/outcome.ts';
import type { CompiledSettings } from './compiled-settings.ts';
import type { CompileOptions, CompileTools } from './compile.ts';
import type { KnownOutcome } from './outcomes.ts';
import type { Recording } from './remembered.ts';
import type { KnownTarget } from './service-target.ts';

/**
 * What compiles leave for the next one, so that it only has to compile what has changed: it makes them faster and changes
 * nothing of their results. For one compile at a time.
 */
export interface CompileMemory {
  /** What the former compile left. */
  former: Remembered;
  /** What the one under way will leave. */
  next: Remembered;
}

/** Results of one compile, in parts. */
interface Remembered {
  /** What all of it holds for. */
  readonly basis: readonly unknown[];
  settings: CompiledSettings | undefined;
  wanted: readonly WantedRef[];
  /** By text. */
  readonly keyImports: Map<string, KeyImport>;
  readonly serviceTargets: Map<string, KnownTarget>;
  readonly recordings: Map<Entry, Recording>;
  /** By `refKey`. */
  readonly outcomes: Map<string, KnownOutcome>;
}

/** A memory without anything in it. */
export function createCompileMemory(): CompileMemory {
  return { former: nothing([]), next: nothing([]) };
}

/** Begins a compile: with other tools or options nothing of the former one counts. */
export function beginCompile(
  memory: CompileMemory,
  { importKeys, checkRegex }: CompileTools,
  options: CompileOptions,
): void {
  const { httpPort, httpsPort, allowLocalUpstreams, allowExternalName } = options;
  const basis = [
    importKeys,
    checkRegex,
    httpPort,
    httpsPort,
    allowLocalUpstreams,
    allowExternalName ?? false,
  ];
  memory.next = nothing(basis);
  const isSame = basis.every((part, index) => part === memory.former.basis[index]);
  if (!isSame) memory.former = nothing(basis);
}

/** Ends a compile that has come to its end: only then counts what it left. */
export function endCompile(memory: CompileMemory): void {
  memory.former = memory.next;
}

function nothing(basis: readonly unknown[]): Remembered {
  return {
    basis,
    settings: undefined,
    wanted: [],
    keyImports: new Map(),
    serviceTargets: new Map(),
    recordings: new Map(),
    outcomes: new Map(),
  };
}
