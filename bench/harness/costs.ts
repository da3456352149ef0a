import { printTable, spreadOf, spreadText } from './report.ts';

/** One way of doing a thing; the first of a list is the baseline. */
export interface Subject {
  readonly name: string;
  /** Does it `count` times. */
  readonly repeat: (count: number) => void | Promise<void>;
  readonly count: number;
}

/** Runs the subjects in turn and prints the CPU time of one operation, all threads of the process together. */
export async function compareCosts(subjects: readonly Subject[], rounds = 7): Promise<void> {
  const costs = new Map(subjects.map((subject): [Subject, number[]] => [subject, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [subject, measured] of costs) {
      const cost = await costOf(subject);
      // The first round is for the JIT compiler.
      if (round > 0) measured.push(cost);
    }
  }
  const base = costs.get(subjects[0]!)!;
  const rows = [...costs].map(([{ name }, measured]) => [
    name,
    spreadText(spreadOf(measured), 2),
    spreadText(spreadOf(measured.map((cost, round) => cost / base[round]!)), 2),
  ]);
  printTable(['', 'CPU µs/operation', `× ${subjects[0]!.name}`], rows);
}

async function costOf({ repeat, count }: Subject): Promise<number> {
  const before = process.cpuUsage();
  await repeat(count);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / count;
}
