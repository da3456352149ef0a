import type { AnswerView } from './answer-view.ts';
import { isRecord, membersOf, textOf, type JsonRecord } from './json-record.ts';
import { ThinkTagSplitter, type SplitText } from './think-tags.ts';

/** What is known to hold no reasoning; a caller who must see none gets nothing else. */
const plainMembers = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'annotations',
  'audio',
]);
const plainParts = new Set(['text', 'refusal', 'image_url', 'audio', 'input_audio']);
const plainPartMembers = new Set(['type', 'annotations', ...plainParts]);
const reasoningNames = ['reasoning_content', 'reasoning'];

/** Makes the messages of one choice, or the pieces of its one message, what the caller is to see. */
export class ChatDelta {
  readonly #view: AnswerView;
  readonly #splitter: ThinkTagSplitter;
  readonly #target: string;

  constructor(view: AnswerView) {
    this.#view = view;
    this.#splitter = new ThinkTagSplitter(view.thinkTags, view.hide);
    this.#target = view.field === 'REASONING' ? 'reasoning' : 'reasoning_content';
  }

  get hasLeaked(): boolean {
    return this.#splitter.isStray;
  }

  /** A piece as it is to be sent; the same object: as it came. */
  piece(delta: JsonRecord, isLast: boolean): JsonRecord {
    if (this.#view.field === 'AS_SENT' && !this.#view.hide) return delta;
    const field = reasoningOf(delta);
    if (field !== '') this.#splitter.hasField();
    if (this.#view.hide) return this.#hidden(delta, isLast);
    const isPlain = this.#splitter.isIdle && !this.#isNamedOtherwise(delta);
    if (isPlain || !this.#concerns(delta, isLast)) return delta;
    const split = this.#split(delta, isLast);
    return this.#joined(delta, { ...split, reasoning: field + split.reasoning });
  }

  /** What was held back; undefined: nothing. */
  rest(): JsonRecord | undefined {
    const { reasoning, content } = this.#splitter.end();
    const shown = this.#view.hide ? '' : reasoning;
    if (content === '' && shown === '') return undefined;
    return {
      ...(shown === '' ? {} : { [this.#target]: shown }),
      ...(content === '' ? {} : { content }),
    };
  }

  #isNamedOtherwise(delta: JsonRecord): boolean {
    return reasoningNames.some((name) => name !== this.#target && Object.hasOwn(delta, name));
  }

  #concerns(delta: JsonRecord, isLast: boolean): boolean {
    return isLast || textOf(delta['content']) !== '' || this.#isNamedOtherwise(delta);
  }

  #split(delta: JsonRecord, isLast: boolean): SplitText {
    const pushed = this.#splitter.push(textOf(delta['content']));
    if (!isLast) return pushed;
    const held = this.#splitter.end();
    return {
      reasoning: pushed.reasoning + held.reasoning,
      content: pushed.content + held.content,
    };
  }

  #joined(delta: JsonRecord, { reasoning, content }: SplitText): JsonRecord {
    const before = textOf(delta['content']);
    const isSame = content === before && !this.#isNamedOtherwise(delta);
    if (isSame && reasoning === textOf(delta[this.#target])) return delta;
    const named = reasoningNames.find((name) => Object.hasOwn(delta, name));
    const empty = named === undefined ? {} : { [this.#target]: delta[named] };
    const members = Object.entries(delta).filter(([name]) => !reasoningNames.includes(name));
    return {
      ...Object.fromEntries(members),
      // As DeepSeek: the one that a piece has nothing of is null.
      ...(content === before ? {} : { content: content === '' ? null : content }),
      ...(reasoning === '' ? empty : { [this.#target]: reasoning }),
    };
  }

  #hidden(delta: JsonRecord, isLast: boolean): JsonRecord {
    const plain = membersOf(delta, plainMembers);
    const { content } = delta;
    if (Array.isArray(content)) return { ...plain, content: this.#parts(content) };
    const split = this.#split(delta, isLast);
    const isNone = content === undefined || content === null;
    return isNone && split.content === '' ? plain : { ...plain, content: split.content };
  }

  /** Some servers send content in parts, of which reasoning is one. */
  #parts(parts: readonly unknown[]): readonly JsonRecord[] {
    const seen = parts.flatMap((part) => {
      if (!isRecord(part) || !plainParts.has(textOf(part['type']))) return [];
      const plain = membersOf(part, plainPartMembers);
      if (typeof part['text'] !== 'string') return [plain];
      return [{ ...plain, text: this.#splitter.push(part['text']).content }];
    });
    // A part may turn out to have been reasoning by what stands in a later one.
    return this.hasLeaked ? [] : seen;
  }
}

/** Reasoning in a field of its own; vLLM has sent it by both names for a while. */
function reasoningOf(delta: JsonRecord): string {
  return textOf(delta['reasoning_content']) || textOf(delta['reasoning']);
}
