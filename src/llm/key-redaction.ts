/** Overwrites secrets in a stream of bytes with asterisks: the length stays, and so does every other byte. */
export interface KeyRedaction {
  /** What may be sent now; empty while the end of the piece could be the beginning of a secret. */
  readonly push: (chunk: Buffer) => Buffer;
  /** What was held back last. */
  readonly end: () => Buffer;
}

const nothing = Buffer.alloc(0);
const ASTERISK = 0x2a;

/** Holds back no more than a beginning of a secret at the end of a piece: a stream of events is never delayed by it. */
export function createKeyRedaction(secrets: readonly Buffer[]): KeyRedaction {
  let held = nothing;
  return {
    push: (chunk) => {
      const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const clean = secrets.reduce(overwritten, data);
      let tail = 0;
      for (const secret of secrets) tail = Math.max(tail, partialMatch(clean, secret));
      held = tail === 0 ? nothing : Buffer.from(clean.subarray(clean.length - tail));
      return tail === 0 ? clean : clean.subarray(0, clean.length - tail);
    },
    end: () => {
      const rest = held;
      held = nothing;
      return rest;
    },
  };
}

function overwritten(data: Buffer, secret: Buffer): Buffer {
  let at = data.indexOf(secret);
  if (at === -1) return data;
  const copy = Buffer.from(data);
  while (at !== -1) {
    copy.fill(ASTERISK, at, at + secret.length);
    at = copy.indexOf(secret, at + secret.length);
  }
  return copy;
}

/** The longest end of the data that is a true beginning of the secret. */
function partialMatch(data: Buffer, secret: Buffer): number {
  const first = secret[0] ?? 0;
  const start = Math.max(0, data.length - secret.length + 1);
  for (let at = data.indexOf(first, start); at !== -1; at = data.indexOf(first, at + 1)) {
    const length = data.length - at;
    if (data.compare(secret, 0, length, at) === 0) return length;
  }
  return 0;
}
