import type { AnswerHead } from '../llm/protect-response.ts';
import { firstValue } from './header-edits.ts';
import type { HeaderLines } from './header-lines.ts';

/** The head of an upstream's answer, for the client. */
export interface ResponseHead {
  readonly lines: HeaderLines;
  /** Undefined: not declared, the answer is framed here. */
  readonly contentLength: number | undefined;
  /** The answer is compressed: nothing can be looked for in it. */
  readonly encoded: boolean;
}

/** RFC 9110 section 7.6.1: for one hop only. Trailers are not sent on, so that nothing announces them. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Reads raw lines as undici gives them: bytes, name and value in turn. `set-cookie` lines stay apart. */
export function responseHead(raw: readonly (Buffer | string)[], status = 200): ResponseHead {
  const lines: HeaderLines = [];
  let nominated: Set<string> | undefined;
  let length: string | undefined;
  let framedAnew = false;
  let encoded = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = text(raw[index]).toLowerCase();
    const value = text(raw[index + 1]);
    if (name === 'content-length') length = value;
    else if (!hopByHop.has(name)) {
      if (name === 'content-encoding') encoded = value.toLowerCase() !== 'identity';
      lines.push(name, value);
    } else if (name === 'transfer-encoding') framedAnew = true;
    else if (name === 'connection') nominated = names(value);
  }
  // RFC 9110 section 8.6: a 204 has no length, and one that counts it would wait for what never comes.
  const framed = length === undefined || framedAnew || status === 204;
  const contentLength = framed ? undefined : Number(length);
  const kept = nominated === undefined ? lines : without(lines, nominated);
  if (contentLength !== undefined) kept.push('content-length', String(contentLength));
  return { lines: kept, contentLength, encoded };
}

/** What of the head decides what a key of the gateway asks for. */
export function answerHead(status: number, { lines, encoded }: ResponseHead): AnswerHead {
  return { status, encoded, contentType: firstValue(lines, 'content-type') ?? '' };
}

function text(value: Buffer | string | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}

function names(value: string): Set<string> | undefined {
  const lower = value.toLowerCase();
  if (lower === 'keep-alive' || lower === 'close') return undefined;
  return new Set(lower.split(',').map((token) => token.trim()));
}

function without(lines: HeaderLines, nominated: ReadonlySet<string>): HeaderLines {
  return lines.filter((_line, index) => !nominated.has(lines[index - (index % 2)] ?? ''));
}
