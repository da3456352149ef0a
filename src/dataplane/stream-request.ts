import type { ServerHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';

import type { ClientRequest, ClientSocket } from './client-message.ts';
import type { Denial } from './denial.ts';
import type { StreamHead } from './stream-head.ts';

/** What a frame takes on the wire beside its data. */
const FRAME_BYTES = 9;

/** Of so many frames one is marked. */
const FRAMES_PER_MARK = 256;

/** So many frames may wait for whoever reads them: each is an object of its own, whatever it holds. */
const WAITING_MARKS = 16;

/** So much framing is taken before it is compared with the data. */
const OVERHEAD_BYTES = 80 * 1024;

/** A request on a stream of HTTP/2, in the form that node:http gives to one of HTTP/1.1. */
export class StreamRequest extends Readable implements ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly fault: Denial | undefined;
  complete = false;
  readonly #stream: ServerHttp2Stream;
  #bytes = 0;
  #frames = 0;
  #isDiscarded = false;
  #arrivedFrames = 0;
  #arrivedBytes = 0;
  /** Bytes that had arrived at each mark, of those that still wait. */
  readonly #marks: number[] = [];

  constructor(stream: ServerHttp2Stream, { method, url, rawHeaders, fault }: StreamHead) {
    super({ highWaterMark: 64 * 1024 });
    this.method = method;
    this.url = url;
    this.rawHeaders = rawHeaders;
    this.fault = fault;
    this.#stream = stream;
    if (stream.endAfterHeaders) this.#end();
    else {
      stream.on('data', (chunk: Buffer) => this.#data(chunk));
      stream.on('end', () => this.#end());
      stream.pause();
      this.#watchArrivals();
    }
    stream.on('close', () => {
      if (!this.complete) this.destroy();
    });
    this.on('error', ignore);
  }

  /** As if the stream was a connection of its own. */
  get socket(): ClientSocket {
    const { remoteAddress, remotePort, localAddress, localPort } =
      this.#stream.session?.socket ?? {};
    const destroy = (): void => void this.#stream.destroy(new Error('cut'));
    return { bytesRead: this.#bytes, remoteAddress, remotePort, localAddress, localPort, destroy };
  }

  override _read(): void {
    this.#stream.resume();
  }

  /** Throws away what still comes: node says of no stream that is paused that it is closed. */
  discard(): void {
    this.#isDiscarded = true;
    this.#stream.resume();
  }

  #data(chunk: Buffer): void {
    if (this.#isDiscarded) return;
    this.#bytes += chunk.length;
    this.#frames += 1;
    // A frame of one byte takes a hundred in memory.
    if (this.#frames * FRAME_BYTES > OVERHEAD_BYTES + 2 * this.#bytes) {
      this.#stream.destroy(new Error('mostly framing'));
    } else if (!this.push(chunk)) this.#stream.pause();
  }

  /** Frames come until the window of the stream is full, also while nobody reads it. */
  #watchArrivals(): void {
    const stream = this.#stream;
    const push = stream.push.bind(stream);
    stream.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
      if (chunk !== null) this.#arrived(chunk.length);
      return push(chunk, encoding);
    };
  }

  #arrived(bytes: number): void {
    this.#arrivedBytes += bytes;
    this.#arrivedFrames += 1;
    if (this.#arrivedFrames % FRAMES_PER_MARK !== 0) return;
    const marks = this.#marks;
    marks.push(this.#arrivedBytes);
    const read = this.#arrivedBytes - this.#stream.readableLength - this.readableLength;
    while ((marks[0] ?? read) < read) marks.shift();
    if (marks.length > WAITING_MARKS) this.#stream.destroy(new Error('too many frames wait'));
  }

  #end(): void {
    // Node also ends what the client has reset.
    if (this.#stream.aborted || this.#isDiscarded) return;
    this.complete = true;
    this.push(null);
  }
}

function ignore(): void {
  // What it means is told by 'close'.
}
