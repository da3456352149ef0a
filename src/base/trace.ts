/** What one stage made of a request, in words. */
export interface TraceStep {
  readonly stage: string;
  readonly outcome: string;
  readonly notes: readonly string[];
}

/** Characters of a value that are shown at most. */
const valueLimit = 200;
/** Notes of a stage that are kept, from its beginning and from its end: a table may have thousands of routes. */
const keptNotes = 30;

/**
 * What the stages say of a request while they serve it: for `explain` and the debug log. Notes name fields, claims and
 * headers; what a client wrote goes through {@link Trace.value}, which is silent unless the trace is the client's own.
 */
export class Trace {
  readonly steps: TraceStep[] = [];
  readonly #showValues: boolean;
  #notes: string[] = [];

  constructor(options: { readonly showValues?: boolean } = {}) {
    this.#showValues = options.showValues ?? false;
  }

  /** Adds a note of the stage at work; silent for an empty one. */
  push(...notes: readonly string[]): void {
    for (const note of notes) if (note !== '') this.#notes.push(note);
  }

  /** ` ("value")` where values may be shown, else nothing. */
  value(value: unknown): string {
    if (!this.#showValues) return '';
    const text = JSON.stringify(value, (_name, member: unknown) =>
      typeof member === 'bigint' ? member.toString() : member,
    );
    return text === undefined ? '' : ` (${shortened(text)})`;
  }

  /** The stage at work is done; what was noted since the one before belongs to it, or else `otherwise`. */
  end(stage: string, outcome: string, otherwise = ''): void {
    if (this.#notes.length === 0) this.push(otherwise);
    this.steps.push({ stage, outcome, notes: abridged(this.#notes) });
    this.#notes = [];
  }
}

function abridged(notes: readonly string[]): readonly string[] {
  const left = notes.length - 2 * keptNotes;
  if (left <= 0) return notes;
  return [...notes.slice(0, keptNotes), `… ${left} more`, ...notes.slice(-keptNotes)];
}

function shortened(text: string): string {
  return text.length > valueLimit ? `${text.slice(0, valueLimit)}…` : text;
}
