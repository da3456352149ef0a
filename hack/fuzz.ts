// `npm run fuzz -- tokens [--count 1000000] [--seed N] [--case N]`: mutated tokens against the verifier.
// `npm run fuzz -- served [--count 20000] [--seed N] [--case N]`: the same in requests, through the whole data plane.
// `npm run fuzz -- http [--connections 200000] [--seed N] [--case N]`: mutated requests against the listener.
// `npm run fuzz -- frames [--connections 10000] [--seed N] [--case N]`: mutated HTTP/2.
// Ends with 1 when something was found; a finding says its seed and case, and can be run again alone.
import { parseArgs } from 'node:util';

import { runFrames } from './fuzz/frames-run.ts';
import { runHttp } from './fuzz/http-run.ts';
import { runServed } from './fuzz/served-run.ts';
import { runTokens } from './fuzz/token-run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    connections: { type: 'string' },
    seed: { type: 'string' },
    case: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const only = values.case === undefined ? {} : { only: Number(values.case) };
const refusalLimitMs = 1;

async function tokens(): Promise<boolean> {
  const count = Number(values.count ?? 100_000);
  const progress = (done: number): void => void process.stderr.write(`\r${done} of ${count}`);
  const report = await runTokens({ count, seed, ...only, progress });
  const { findings, kinds, answers, refusals, slowestWorlds, ...counts } = report;
  console.log(`\ntokens, seed ${seed}:`, counts, kinds, answers);
  console.log('time of a refusal (ms):', refusals, 'slowest keys:', slowestWorlds);
  for (const finding of findings) console.log('FOUND', JSON.stringify({ seed, ...finding }));
  return findings.length === 0 && refusals.p99 <= refusalLimitMs;
}

async function served(): Promise<boolean> {
  const { findings, ...report } = await runServed({
    count: Number(values.count ?? 20_000),
    seed,
    ...only,
  });
  console.log(`served, seed ${seed}:`, report);
  for (const finding of findings) console.log('FOUND', JSON.stringify({ seed, ...finding }));
  return findings.length === 0;
}

async function http(): Promise<boolean> {
  const connections = Number(values.connections ?? 20_000);
  const progress = (done: number): void => void process.stderr.write(`\r${done} of ${connections}`);
  const { findings, ...report } = await runHttp({ connections, seed, ...only, progress });
  console.log(`\nhttp, seed ${seed}:`, report);
  for (const finding of findings) console.log('FOUND', JSON.stringify({ seed, ...finding }));
  return findings.length === 0;
}

async function frames(): Promise<boolean> {
  const report = await runFrames({
    connections: Number(values.connections ?? 10_000),
    seed,
    ...only,
  });
  console.log(`frames, seed ${seed}:`, report);
  return report.findings.length === 0;
}

const runs: Readonly<Record<string, () => Promise<boolean>>> = { tokens, served, http, frames };
const run = runs[positionals[0] ?? ''];
if (run === undefined) {
  console.error(`what to fuzz: ${Object.keys(runs).join(', ')}`);
  process.exitCode = 2;
} else process.exitCode = (await run()) ? 0 : 1;
