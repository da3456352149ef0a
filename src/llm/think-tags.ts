import type { ThinkTags } from '../ir/llm.ts';

/** What of a text is reasoning, and what is for the reader. */
export interface SplitText {
  readonly reasoning: string;
  readonly content: string;
}

const opening = '<think>';
const closing = '</think>';
/** White space beyond it is text like any other: a model may send it without end, and what is held is read again each time. */
const spaceLimit = 4096;

/**
 * Takes reasoning out of content, in which it stands between tags, whatever the pieces are that the content comes in: the same
 * text comes out of it for every way to cut it. White space around the reasoning goes.
 */
export class ThinkTagSplitter {
  readonly #form: ThinkTags;
  /** Tags count wherever they stand: for those who must see no reasoning. */
  readonly #everywhere: boolean;
  #state: 'start' | 'reasoning' | 'content';
  /** Could be the beginning of a tag, or white space that goes. */
  #held = '';
  #skipsSpace = false;
  #isStray = false;

  constructor(form: ThinkTags, everywhere = false) {
    this.#form = form;
    this.#everywhere = everywhere && form !== 'NONE';
    this.#state = form === 'NONE' ? 'content' : 'start';
  }

  /** Nothing is held back, and nothing will be taken out any more. */
  get isIdle(): boolean {
    return this.#state === 'content' && !this.#everywhere && !this.#skipsSpace && this.#held === '';
  }

  /** A closing tag came without an opening one: what stood before it was reasoning, too. */
  get isStray(): boolean {
    return this.#isStray;
  }

  /** Reasoning comes in a field of its own: then content is content from its beginning. */
  hasField(): void {
    if (this.#state === 'start') this.#state = 'content';
  }

  push(text: string): SplitText {
    const split = { reasoning: '', content: '' };
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') rest = this.#step(rest, split);
    return split;
  }

  /** The text is over: what was held back is no tag. */
  end(): SplitText {
    const held = this.#held;
    this.#held = '';
    const isReasoning =
      this.#state === 'reasoning' || (this.#state === 'start' && this.#form === 'IMPLICIT');
    if (!isReasoning) return { reasoning: '', content: held };
    return { reasoning: held.trim() === '' ? '' : held, content: '' };
  }

  /** Reads up to where something changes; gives what is left to read. */
  #step(text: string, split: { reasoning: string; content: string }): string {
    if (this.#state === 'start') return this.#begin(text);
    const rest = this.#skipsSpace ? text.trimStart() : text;
    if (rest === '') return '';
    this.#skipsSpace = false;
    if (this.#state === 'reasoning') return this.#reason(rest, split);
    if (this.#everywhere) return this.#search(rest, split);
    split.content += rest;
    return '';
  }

  #begin(text: string): string {
    const rest = text.trimStart();
    const isNear = text.length - rest.length <= spaceLimit;
    if (isNear && rest.startsWith(opening)) {
      this.#open();
      return rest.slice(opening.length);
    }
    if (isNear && opening.startsWith(rest)) {
      this.#held = text;
      return '';
    }
    if (this.#form === 'IMPLICIT') this.#open();
    else this.#state = 'content';
    return text;
  }

  #open(): void {
    this.#state = 'reasoning';
    this.#skipsSpace = true;
  }

  #reason(text: string, split: { reasoning: string }): string {
    const at = text.indexOf(closing);
    if (at >= 0) {
      split.reasoning += withoutEnd(text.slice(0, at));
      this.#state = 'content';
      this.#skipsSpace = true;
      return text.slice(at + closing.length);
    }
    const sure = withoutEnd(text.slice(0, text.length - tailOf(text, [closing])));
    split.reasoning += sure;
    this.#held = text.slice(sure.length);
    return '';
  }

  #search(text: string, split: { content: string }): string {
    const opens = text.indexOf(opening);
    const closes = text.indexOf(closing);
    const isOpened = opens >= 0 && (closes < 0 || opens < closes);
    if (isOpened) {
      split.content += text.slice(0, opens);
      this.#open();
      return text.slice(opens + opening.length);
    }
    if (closes >= 0) {
      this.#isStray = true;
      split.content = '';
      this.#skipsSpace = true;
      return text.slice(closes + closing.length);
    }
    const sure = text.length - tailOf(text, [opening, closing]);
    split.content += text.slice(0, sure);
    this.#held = text.slice(sure);
    return '';
  }
}

/** Without the white space at its end, up to the limit. */
function withoutEnd(text: string): string {
  return text.slice(0, Math.max(text.trimEnd().length, text.length - spaceLimit));
}

/** Length of the longest end of a text that is a true beginning of one of the tags. */
function tailOf(text: string, tags: readonly string[]): number {
  for (let length = Math.min(text.length, closing.length - 1); length > 0; length -= 1) {
    const tail = text.slice(-length);
    if (tags.some((tag) => tag.length > length && tag.startsWith(tail))) return length;
  }
  return 0;
}
