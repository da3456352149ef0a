import { newAnswerFacts } from './answer-facts.ts';
import type { AnswerShape, AnswerView } from './answer-view.ts';
import { ChatDelta } from './chat-delta.ts';
import { isRecord, membersOf, recordsOf, textOf, type JsonRecord } from './json-record.ts';
import { readChatUsage } from './read-usage.ts';

/** A caller who must see no reasoning gets these, and nothing that is not known. */
const plainMembers = new Set([
  'id',
  'object',
  'created',
  'model',
  'system_fingerprint',
  'service_tier',
  'usage',
  'choices',
  'error',
]);
/** Besides the one that says something: some servers say it once more in another. */
const plainChoiceMembers = [
  'index',
  'finish_reason',
  'stop_reason',
  'matched_stop',
  'content_filter_results',
];
const withDelta = new Set(['delta', ...plainChoiceMembers]);
const withMessage = new Set(['message', ...plainChoiceMembers]);
const withText = new Set(['text', ...plainChoiceMembers]);
/** More answers to one request than any server makes. */
const choiceLimit = 256;

interface Choice {
  readonly delta: ChatDelta;
  isOver: boolean;
}

/** Answers of chat completions, and of plain completions, whose choices have a text in place of a message. */
export class ChatAnswer implements AnswerShape {
  readonly facts = newAnswerFacts();
  readonly #view: AnswerView;
  readonly #choices = new Map<number, Choice>();
  /** Head of the last chunk, for one that has to be made up. */
  #frame: JsonRecord = {};
  /** What is known of a choice is kept for so many; of the others it is not known where reasoning ends. */
  #hasTooMany = false;

  constructor(view: AnswerView) {
    this.#view = view;
  }

  get hasLeaked(): boolean {
    return this.#hasTooMany || this.#leaks();
  }

  #leaks(): boolean {
    return this.#view.hide && [...this.#choices.values()].some(({ delta }) => delta.hasLeaked);
  }

  event(document: JsonRecord): readonly JsonRecord[] {
    const choices = document['choices'];
    this.#note(document);
    if (!Array.isArray(choices)) return this.#shown(document);
    if (choices.length === 0 && this.#view.hidesUsage && isRecord(document['usage'])) return [];
    this.#frame = document;
    const seen = recordsOf(choices).map((choice) => this.#piece(choice));
    // Not all servers send an end of their own.
    if (seen.length > 0) this.facts.isOver = [...this.#choices.values()].every(isOver);
    if (this.#view.hide) return this.#hidden(document, seen);
    const isSame = seen.every((choice, index) => choice === choices[index]);
    return [isSame ? document : { ...document, choices: seen }];
  }

  rest(): readonly JsonRecord[] {
    const held = [...this.#choices].flatMap(([index, { delta, isOver }]) => {
      const piece = isOver ? undefined : delta.rest();
      return piece === undefined ? [] : [{ index, delta: piece, finish_reason: null }];
    });
    if (held.length === 0) return [];
    const { usage: _, ...frame } = this.#frame;
    return [{ ...(this.#view.hide ? membersOf(frame, plainMembers) : frame), choices: held }];
  }

  whole(document: JsonRecord): JsonRecord {
    const choices = document['choices'];
    this.#note(document);
    this.facts.isOver = true;
    if (!Array.isArray(choices)) return this.#shown(document)[0] ?? document;
    const seen = recordsOf(choices).map((choice) => this.#message(choice));
    const isSame = seen.every((choice, index) => choice === choices[index]);
    const shown = isSame ? document : { ...document, choices: seen };
    return this.#view.hide ? membersOf(shown, plainMembers) : shown;
  }

  #note(document: JsonRecord): void {
    const { facts } = this;
    facts.model = textOf(document['model']) || facts.model;
    facts.usage = readChatUsage(document['usage']) ?? facts.usage;
    const { error } = document;
    if (error === undefined || error === null) return;
    facts.isOver = true;
    facts.fault = faultOf(error);
  }

  #shown(document: JsonRecord): readonly JsonRecord[] {
    return [this.#view.hide ? membersOf(document, plainMembers) : document];
  }

  #hidden(document: JsonRecord, choices: readonly JsonRecord[]): readonly JsonRecord[] {
    const isEmpty =
      choices.length > 0 && choices.every(saysNothing) && !isRecord(document['usage']);
    if (isEmpty) {
      this.facts.hidden += 1;
      return [];
    }
    return [{ ...membersOf(document, plainMembers), choices }];
  }

  #piece(choice: JsonRecord): JsonRecord {
    const state = this.#stateOf(choice);
    const isLast = this.#ends(choice);
    if (isLast) state.isOver = true;
    const { delta, text } = choice;
    if (hasSomething(delta) || textOf(text) !== '') this.facts.pieces += 1;
    if (!isRecord(delta)) return this.#text(choice, state, isLast);
    const seen = state.delta.piece(delta, isLast);
    const own = this.#view.hide ? membersOf(choice, withDelta) : choice;
    return seen === delta && own === choice ? choice : { ...own, delta: seen };
  }

  /** Tags of a plain completion are text: it is for whoever writes prompts by hand. */
  #text(choice: JsonRecord, { delta }: Choice, isLast: boolean): JsonRecord {
    if (!this.#view.hide) return choice;
    const { content } = delta.piece({ content: textOf(choice['text']) }, isLast);
    return { ...membersOf(choice, withText), text: textOf(content) };
  }

  #message(choice: JsonRecord): JsonRecord {
    const { message } = choice;
    const state = this.#stateOf(choice);
    this.#ends(choice);
    if (hasSomething(message) || textOf(choice['text']) !== '') this.facts.pieces += 1;
    if (!isRecord(message)) return this.#text(choice, state, true);
    const seen = state.delta.piece(message, true);
    const own = this.#view.hide ? membersOf(choice, withMessage) : choice;
    if (seen === message && own === choice) return choice;
    const isEmptied = seen['content'] === null && typeof message['content'] === 'string';
    return { ...own, message: isEmptied ? { ...seen, content: '' } : seen };
  }

  #ends(choice: JsonRecord): boolean {
    const reason = textOf(choice['finish_reason']);
    if (reason === '') return false;
    this.facts.finishReason = reason;
    if (reason === 'insufficient_system_resource') this.facts.fault = reason;
    return true;
  }

  #stateOf(choice: JsonRecord): Choice {
    const index = Number.isInteger(choice['index']) ? Number(choice['index']) : 0;
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const state = { delta: new ChatDelta(this.#view), isOver: false };
    if (this.#choices.size < choiceLimit) this.#choices.set(index, state);
    else this.#hasTooMany = true;
    return state;
  }
}

function isOver(choice: Choice): boolean {
  return choice.isOver;
}

/** Whether a piece says more than who speaks. */
function hasSomething(delta: unknown): boolean {
  if (!isRecord(delta)) return false;
  return Object.entries(delta).some(
    ([name, value]) => name !== 'role' && value !== null && value !== '' && !isEmptyList(value),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function saysNothing(choice: JsonRecord): boolean {
  const { delta, text, finish_reason: reason } = choice;
  const isStart = isRecord(delta) && Object.hasOwn(delta, 'role');
  return textOf(reason) === '' && textOf(text) === '' && !isStart && !hasSomething(delta);
}

function faultOf(error: unknown): string {
  if (!isRecord(error)) return 'error';
  const { code, type } = error;
  return typeof code === 'number' ? String(code) : textOf(code) || textOf(type) || 'error';
}
