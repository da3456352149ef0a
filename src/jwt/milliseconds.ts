/** Seconds at which even a generous `exp` ends; a larger number is in milliseconds: it would be after the year 5138. */
const latestSeconds = 100_000_000_000;

/** Whether a NumericDate (RFC 7519 2: seconds) was written in milliseconds. */
export function isMilliseconds(value: number): boolean {
  return Math.abs(value) >= latestSeconds;
}
