// `npm run bench` compares the proxies; `npm run bench -- verify` runs another bench.
interface Bench {
  readonly bench: (parameters: readonly string[]) => Promise<void>;
}

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  proxy: () => import('./proxy.bench.ts'),
  regex: () => import('./regex.bench.ts'),
  soak: () => import('./soak.bench.ts'),
  stream: () => import('./stream.bench.ts'),
  compile: () => import('./compile.bench.ts'),
  controller: () => import('./controller.bench.ts'),
  faults: () => import('./faults.bench.ts'),
  verify: () => import('./verify.bench.ts'),
};

const [first, ...rest] = process.argv.slice(2);
const named = first !== undefined && !first.startsWith('-');
const load = benches[named ? first : 'proxy'];
if (load === undefined)
  throw new Error(`no such bench; there are: ${Object.keys(benches).join(', ')}`);
const { bench } = await load();
await bench(named ? rest : process.argv.slice(2));
