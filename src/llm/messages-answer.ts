import { newAnswerFacts } from './answer-facts.ts';
import type { AnswerShape, AnswerView } from './answer-view.ts';
import { isRecord, membersOf, recordsOf, textOf, type JsonRecord } from './json-record.ts';
import { readMessagesUsage } from './read-usage.ts';
import { ThinkTagSplitter } from './think-tags.ts';

/** A caller who must see no reasoning gets these, and nothing that is not known. */
const plainBlocks = new Set(['text', 'tool_use', 'server_tool_use', 'web_search_tool_result']);
const plainDeltas = new Set(['text_delta', 'input_json_delta', 'citations_delta']);
const plainEvents: Readonly<Record<string, ReadonlySet<string>>> = {
  message_start: new Set(['type', 'message']),
  content_block_start: new Set(['type', 'index', 'content_block']),
  content_block_delta: new Set(['type', 'index', 'delta']),
  content_block_stop: new Set(['type', 'index']),
  message_delta: new Set(['type', 'delta', 'usage']),
  message_stop: new Set(['type']),
  ping: new Set(['type']),
  error: new Set(['type', 'error', 'request_id']),
};
const plainBlockMembers = new Set([
  'type',
  'text',
  'citations',
  'id',
  'name',
  'input',
  'tool_use_id',
  'content',
]);
const plainDeltaMembers = new Set(['type', 'text', 'partial_json', 'citation']);
const plainStopMembers = new Set(['stop_reason', 'stop_sequence']);
const plainMembers = new Set([
  'id',
  'type',
  'role',
  'content',
  'model',
  'stop_reason',
  'stop_sequence',
  'usage',
  'error',
  'request_id',
]);

/** Answers of Anthropic's messages: reasoning comes in blocks of its own there, and is sent as it comes, or not at all. */
export class MessagesAnswer implements AnswerShape {
  readonly facts = newAnswerFacts();
  readonly #hide: boolean;
  readonly #splitter: ThinkTagSplitter;
  #usage: JsonRecord = {};
  /** Blocks that are sent, by their place in the answer of the server. */
  readonly #places = new Map<unknown, number>();

  constructor({ hide, thinkTags }: AnswerView) {
    this.#hide = hide;
    this.#splitter = new ThinkTagSplitter(thinkTags, true);
  }

  get hasLeaked(): boolean {
    return this.#hide && this.#splitter.isStray;
  }

  event(document: JsonRecord, name: string): readonly JsonRecord[] {
    const type = textOf(document['type']) || name;
    this.#note(type, document);
    if (!this.#hide) return [document];
    const members = Object.hasOwn(plainEvents, type) ? plainEvents[type] : undefined;
    const sent = members ? this.#plain(type, membersOf(document, members)) : [];
    if (sent.length === 0) this.facts.hidden += 1;
    return sent;
  }

  rest(): readonly JsonRecord[] {
    return [];
  }

  whole(document: JsonRecord): JsonRecord {
    const { facts } = this;
    this.#noteMessage(document);
    facts.isOver = true;
    facts.pieces = recordsOf(document['content']).length;
    facts.finishReason = textOf(document['stop_reason']);
    if (document['type'] === 'error') this.#noteError(document);
    return this.#hide ? this.#plainMessage(document) : document;
  }

  #note(type: string, document: JsonRecord): void {
    const { facts } = this;
    const { message, delta } = document;
    if (type === 'message_start' && isRecord(message)) this.#noteMessage(message);
    if (type === 'content_block_delta') facts.pieces += 1;
    if (type === 'message_delta') {
      this.#noteUsage(document['usage']);
      facts.finishReason = (isRecord(delta) && textOf(delta['stop_reason'])) || facts.finishReason;
    }
    if (type === 'message_stop') facts.isOver = true;
    if (type === 'error') this.#noteError(document);
  }

  #noteMessage(message: JsonRecord): void {
    this.facts.model = textOf(message['model']) || this.facts.model;
    this.#noteUsage(message['usage']);
  }

  #noteUsage(usage: unknown): void {
    if (!isRecord(usage)) return;
    this.facts.usage = readMessagesUsage(usage, this.#usage) ?? this.facts.usage;
    this.#usage = { ...this.#usage, ...usage };
  }

  #noteError({ error }: JsonRecord): void {
    this.facts.isOver = true;
    this.facts.fault = (isRecord(error) && textOf(error['type'])) || 'error';
  }

  #plain(type: string, document: JsonRecord): readonly JsonRecord[] {
    const { message, delta } = document;
    if (type === 'message_start') {
      return isRecord(message) ? [{ ...document, message: this.#plainMessage(message) }] : [];
    }
    if (type === 'message_delta') {
      const stop = isRecord(delta) ? membersOf(delta, plainStopMembers) : {};
      return [{ ...document, delta: stop }];
    }
    if (type === 'content_block_start') return this.#start(document);
    if (type !== 'content_block_delta' && type !== 'content_block_stop') return [document];
    return this.#within(type, document);
  }

  /** A piece of a block, or its end. */
  #within(type: string, document: JsonRecord): readonly JsonRecord[] {
    const index = this.#places.get(document['index']);
    if (index === undefined) return [];
    if (type === 'content_block_delta') return this.#delta(document, index);
    const { content } = this.#splitter.end();
    const delta = { type: 'text_delta', text: content };
    const stop = { ...document, index };
    return content === '' ? [stop] : [{ type: 'content_block_delta', index, delta }, stop];
  }

  #start(document: JsonRecord): readonly JsonRecord[] {
    const block = document['content_block'];
    if (!isRecord(block) || !plainBlocks.has(textOf(block['type']))) return [];
    // Blocks are counted without gaps.
    const index = this.#places.size;
    this.#places.set(document['index'], index);
    return [{ ...document, index, content_block: this.#plainBlock(block) }];
  }

  #delta(document: JsonRecord, index: number): readonly JsonRecord[] {
    const { delta } = document;
    if (!isRecord(delta) || !plainDeltas.has(textOf(delta['type']))) return [];
    const plain = membersOf(delta, plainDeltaMembers);
    if (delta['type'] !== 'text_delta') return [{ ...document, index, delta: plain }];
    const text = this.#splitter.push(textOf(delta['text'])).content;
    return text === '' ? [] : [{ ...document, index, delta: { ...plain, text } }];
  }

  #plainMessage(message: JsonRecord): JsonRecord {
    const blocks = recordsOf(message['content']).filter((block) =>
      plainBlocks.has(textOf(block['type'])),
    );
    const plain = membersOf(message, plainMembers);
    if (!Array.isArray(message['content'])) return plain;
    return { ...plain, content: blocks.map((block) => this.#plainBlock(block, true)) };
  }

  #plainBlock(block: JsonRecord, isWhole = false): JsonRecord {
    const plain = membersOf(block, plainBlockMembers);
    if (typeof block['text'] !== 'string') return plain;
    const { content } = this.#splitter.push(block['text']);
    return { ...plain, text: isWhole ? content + this.#splitter.end().content : content };
  }
}
