/** What of a key must be in no answer. */
export interface KeyGuard {
  readonly key: string;
  /** By which people tell keys apart, and servers name them in errors; empty: the key is too short to have such an end. */
  readonly tail: string;
  /** The key as it may stand in a text, and its end where it is shown behind a mask. */
  readonly patterns: readonly Buffer[];
}

const tailLength = 4;
const masks = ['**', '..', '…', '••', 'xx', 'XX', '##', '--'];

/** Prepares what answers are searched for. */
export function prepareKeyGuard(key: string): KeyGuard {
  const tail = key.length >= 2 * tailLength ? key.slice(-tailLength) : '';
  const escaped = JSON.stringify(key).slice(1, -1);
  const spellings = [key, escaped, escaped.replaceAll('/', '\\/'), encodeURIComponent(key)];
  const masked = tail === '' ? [] : masks.map((mask) => mask + tail);
  const patterns = [...new Set([...spellings, ...masked])].map((text) => Buffer.from(text));
  return { key, tail, patterns };
}
