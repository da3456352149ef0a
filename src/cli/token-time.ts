const units = [
  ['y', 31_556_952],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `2026-11-24 10:00:00 UTC`; only the year when a date is beyond four digits. */
export function utcText(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return 'no date at all';
  const year = date.getUTCFullYear();
  if (year < 0 || year > 9999) return `year ${year}`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `in 3 h 20 min`, `2 d ago` or `now`: the two largest units. */
export function distanceText(seconds: number, nowSeconds: number): string {
  const distance = Math.round(Math.abs(seconds - nowSeconds));
  if (distance === 0) return 'now';
  const parts: string[] = [];
  let rest = distance;
  for (const [unit, size] of units) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 || parts.length === 1) parts.push(amount > 0 ? `${amount} ${unit}` : '');
    if (parts.length === 2) break;
  }
  const words = parts.filter((part) => part !== '').join(' ');
  return seconds > nowSeconds ? `in ${words}` : `${words} ago`;
}
