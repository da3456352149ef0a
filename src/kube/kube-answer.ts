import type { KubeAnswer } from './kube-exchange.ts';
import { KubeApiError } from './kube-api-error.ts';

/** A whole answer is held three times while it is read: as bytes, as text, and parsed. */
const maxBytes = 16 * 1024 * 1024;
const maxErrorBytes = 64 * 1024;
/** Of the server's own words that are passed on. */
const maxMessage = 500;

/** An answer is longer than is read; of a list, fewer objects at a time may be asked for. */
export class AnswerTooLongError extends Error {
  constructor(limit: number) {
    super(`an answer is longer than ${limit} bytes`);
    this.name = 'AnswerTooLongError';
  }
}

/** The body of a 2xx answer, parsed; undefined when it is empty. */
export async function parsedBody(answer: KubeAnswer): Promise<unknown> {
  const text = (await readAll(answer.body, maxBytes)).toString();
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the body, which may be a Secret.
    throw new Error(`an answer of ${text.length} characters is no JSON`);
  }
}

/** The error that an answer other than 2xx stands for; `what` is the request. */
export async function refusalOf(answer: KubeAnswer, what: string): Promise<KubeApiError> {
  const status = await statusBody(answer);
  const said = typeof status.message === 'string' ? `: ${status.message.slice(0, maxMessage)}` : '';
  const seconds = Number(answer.headers['retry-after'] ?? status.details?.retryAfterSeconds);
  return new KubeApiError(answer.status, `${what}: ${answer.status}${said}`, {
    retryAfterMs: seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : undefined,
  });
}

/** What is read of a `Status`. */
interface StatusBody {
  readonly message?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown };
}

/** A proxy may answer with anything; then the status code has to do. */
async function statusBody({ body }: KubeAnswer): Promise<StatusBody> {
  try {
    const value: unknown = JSON.parse((await readAll(body, maxErrorBytes)).toString());
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

async function readAll(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new AnswerTooLongError(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
