/** The pattern that a duration in a manifest has to fit; negative ones do not. */
export const durationPattern = '^(?:0|(?:[0-9]+(?:\\.[0-9]+)?(?:ns|us|ms|s|m|h))+)$';

const form = new RegExp(durationPattern);
const part = /(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g;
const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go or protobuf duration such as `15s`, `0.5s`, `1m30s`; undefined when the text is none. */
export function durationMs(text: string): number | undefined {
  if (!form.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? Number.NaN);
  }
  return total;
}
