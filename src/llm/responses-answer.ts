import { newAnswerFacts } from './answer-facts.ts';
import type { AnswerShape, AnswerView } from './answer-view.ts';
import { isRecord, membersOf, recordsOf, textOf, type JsonRecord } from './json-record.ts';
import {
  plainEventMembers,
  plainItemMembers,
  plainItems,
  plainMembers,
  plainParts,
} from './responses-members.ts';
import { readResponsesUsage } from './read-usage.ts';
import { ThinkTagSplitter } from './think-tags.ts';

/** Answers of OpenAI's responses: reasoning comes in items of its own there, and is sent as it comes, or not at all. */
export class ResponsesAnswer implements AnswerShape {
  readonly facts = newAnswerFacts();
  readonly #view: AnswerView;
  readonly #splitter: ThinkTagSplitter;
  /** Items that are sent, by their place in the answer of the server. */
  readonly #places = new Map<unknown, number>();

  constructor(view: AnswerView) {
    this.#view = view;
    this.#splitter = new ThinkTagSplitter(view.thinkTags, true);
  }

  get hasLeaked(): boolean {
    return this.#view.hide && this.#splitter.isStray;
  }

  event(document: JsonRecord, name: string): readonly JsonRecord[] {
    const type = textOf(document['type']) || name;
    this.#note(type, document);
    if (!this.#view.hide) return [document];
    const members = plainEventMembers(type);
    const sent = members && this.#plain(type, membersOf(document, members));
    if (sent === undefined) this.facts.hidden += 1;
    return sent === undefined ? [] : [sent];
  }

  rest(): readonly JsonRecord[] {
    return [];
  }

  whole(document: JsonRecord): JsonRecord {
    this.#noteState(document);
    this.facts.isOver = true;
    this.facts.pieces = recordsOf(document['output']).length;
    return this.#view.hide ? this.#plainResponse(document) : document;
  }

  #note(type: string, document: JsonRecord): void {
    const { response } = document;
    if (isRecord(response)) this.#noteState(response);
    if (type.endsWith('.delta')) this.facts.pieces += 1;
    if (/^response\.(?:completed|incomplete|failed)$/.test(type)) this.facts.isOver = true;
    if (type !== 'error') return;
    this.facts.isOver = true;
    this.facts.fault = textOf(document['code']) || 'error';
  }

  #noteState(response: JsonRecord): void {
    const { facts } = this;
    const { error, incomplete_details: details } = response;
    facts.model = textOf(response['model']) || facts.model;
    facts.usage = readResponsesUsage(response['usage']) ?? facts.usage;
    const reason = isRecord(details) ? textOf(details['reason']) : '';
    const status = textOf(response['status']);
    if (status !== 'in_progress' && status !== 'queued') facts.finishReason = reason || status;
    if (isRecord(error)) facts.fault = textOf(error['code']) || 'error';
  }

  #plain(type: string, document: JsonRecord): JsonRecord | undefined {
    const { response } = document;
    if (type === 'error') return scalarsOf(document);
    if (Object.hasOwn(document, 'item')) return this.#item(document, type.endsWith('.added'));
    if (!Object.hasOwn(document, 'output_index')) {
      return isRecord(response)
        ? { ...document, response: this.#plainResponse(response) }
        : undefined;
    }
    const index = this.#places.get(document['output_index']);
    if (index === undefined) return undefined;
    const placed = { ...document, output_index: index };
    if (type.startsWith('response.content_part.')) return this.#part(placed);
    if (/^response\.output_text\.(?:delta|done)$/.test(type)) return this.#text(placed);
    return placed;
  }

  #item(document: JsonRecord, isNew: boolean): JsonRecord | undefined {
    const { item, output_index: place } = document;
    if (!isRecord(item) || !plainItems.has(textOf(item['type']))) return undefined;
    // Items are counted without gaps.
    if (isNew) this.#places.set(place, this.#places.size);
    const index = this.#places.get(place);
    return index === undefined
      ? undefined
      : { ...document, output_index: index, item: this.#plainItem(item) };
  }

  #part(document: JsonRecord): JsonRecord | undefined {
    const { part } = document;
    if (!isRecord(part) || !plainParts.has(textOf(part['type']))) return undefined;
    return { ...document, part: this.#plainPart(part) };
  }

  #text(document: JsonRecord): JsonRecord | undefined {
    const { logprobs: _, delta, text, ...rest } = document;
    if (typeof text === 'string') return { ...rest, text: this.#plainText(text) };
    const { content } = this.#splitter.push(textOf(delta));
    return content === '' ? undefined : { ...rest, delta: content };
  }

  #plainResponse(response: JsonRecord): JsonRecord {
    const plain = membersOf(response, plainMembers);
    if (!Array.isArray(response['output'])) return plain;
    const items = recordsOf(response['output']).filter((item) =>
      plainItems.has(textOf(item['type'])),
    );
    return { ...plain, output: items.map((item) => this.#plainItem(item)) };
  }

  #plainItem(item: JsonRecord): JsonRecord {
    const plain = membersOf(item, plainItemMembers);
    if (!Array.isArray(item['content'])) return plain;
    const parts = recordsOf(item['content']).filter((part) => plainParts.has(textOf(part['type'])));
    return { ...plain, content: parts.map((part) => this.#plainPart(part)) };
  }

  #plainPart(part: JsonRecord): JsonRecord {
    // The tokens of a text tell it, too.
    const { logprobs: _, text, ...rest } = part;
    return typeof text === 'string' ? { ...rest, text: this.#plainText(text) } : rest;
  }

  /** A text as a whole, which is said several times in one stream. */
  #plainText(text: string): string {
    const splitter = new ThinkTagSplitter(this.#view.thinkTags, true);
    const { content } = splitter.push(text);
    return content + splitter.end().content;
  }
}

/** Texts and numbers: nothing can stand inside of them. */
function scalarsOf(document: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => typeof value !== 'object' || value === null),
  );
}
