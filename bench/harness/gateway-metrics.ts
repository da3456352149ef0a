/** Values of metrics by name and labels, as the page has them. */
export type Metrics = ReadonlyMap<string, number>;

/** Reads the metrics of a gateway. */
export async function readMetrics(adminPort: number): Promise<Metrics> {
  const page = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  const text = await page.text();
  const samples = text.matchAll(/^([a-z_]+(?:\{[^\n]*\})?) (\S+)$/gm);
  return new Map(Array.from(samples, ([, name = '', value]) => [name, Number(value)]));
}

/** Sum over all labels of a metric, or over those with a text in them. */
export function sumOf(metrics: Metrics, name: string, label = ''): number {
  let sum = 0;
  for (const [key, value] of metrics) {
    if (key.split('{', 1)[0] === name && key.includes(label)) sum += value;
  }
  return sum;
}
