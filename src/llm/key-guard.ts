/** What of a key must be in no answer. */
export interface KeyGuard {
  /** The key as it may stand in a text; first as it is. */
  readonly spellings: readonly [string, ...string[]];
  /** By which people tell keys apart, and servers name them in errors; empty: the key is too short to have such an end. */
  readonly tail: string;
  /** What is in front of the end; empty: too little to tell anything. */
  readonly stem: string;
  /** The spellings, and the end where it is shown behind a mask. */
  readonly patterns: readonly Buffer[];
}

const tailLength = 4;
const shortestStem = 8;
const masks = ['**', '..', '…', '••', 'xx', 'XX', '##', '--'];

/** Prepares what answers are searched for. */
export function prepareKeyGuard(key: string): KeyGuard {
  const tail = key.length >= 2 * tailLength ? key.slice(-tailLength) : '';
  const stem = tail === '' ? '' : key.slice(0, -tailLength);
  const escaped = JSON.stringify(key).slice(1, -1);
  const others = [escaped, escaped.replaceAll('/', '\\/'), encodeURIComponent(key)];
  const spellings = [key, ...new Set(others.filter((text) => text !== key))] as const;
  const masked = tail === '' ? [] : masks.map((mask) => mask + tail);
  const patterns = [...spellings, ...masked].map((text) => Buffer.from(text));
  return { spellings, tail, stem: stem.length < shortestStem ? '' : stem, patterns };
}

/** A text without the key and without its end, with an asterisk for each character of them. */
export function maskedText(text: string, { spellings, stem, tail }: KeyGuard): string {
  let masked = text;
  for (const secret of [...spellings, stem, tail]) {
    if (secret !== '') masked = masked.replaceAll(secret, '*'.repeat(secret.length));
  }
  return masked;
}
