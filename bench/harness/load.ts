import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { requireTool } from './tools.ts';

/** What is asked of every proxy. */
export interface Load {
  readonly port: number;
  /** The wrk script, see {@link writeLoadScript}. */
  readonly script: string;
  readonly connections: number;
  readonly seconds: number;
  readonly core: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const run = promisify(execFile);

/** Keeps `connections` requests going for some seconds; throws when one was not answered with 2xx. */
export async function applyLoad(load: Load): Promise<LoadResult> {
  const parameters = [
    ['-c', String(load.core), requireTool('wrk')],
    ['--threads', '1', '--connections', String(load.connections)],
    ['--duration', `${load.seconds}s`, '--latency', '--script', load.script],
    [`http://127.0.0.1:${load.port}/v1/chat/completions`],
  ].flat();
  const { stdout } = await run(requireTool('taskset'), parameters);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`the load had errors:\n${stdout}`);
  return {
    requests: Number(part(stdout, /(\d+) requests in/)),
    perSecond: Number(part(stdout, /Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(part(stdout, /50%\s+(\S+)/)),
    p99Ms: milliseconds(part(stdout, /99%\s+(\S+)/)),
  };
}

/** Writes the script of wrk: the same request again and again, the tokens taken in turn. */
export function writeLoadScript(file: string, method: string, tokens: readonly string[]): void {
  const body = '{"model":"deepseek-chat","messages":[{"role":"user","content":"Say ok."}]}';
  const content =
    method === 'POST'
      ? `wrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n`
      : '';
  writeFileSync(
    file,
    `wrk.method = "${method}"\n${content}local tokens = {${tokens.map((token) => `"${token}"`).join(',\n')}}
local requests = {}
local at = 0
init = function()
  for index, token in ipairs(tokens) do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[index] = wrk.format()
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
`,
  );
}

function part(text: string, form: RegExp): string {
  const found = form.exec(text)?.[1];
  if (found === undefined) throw new Error(`wrk printed no ${form.source}:\n${text}`);
  return found;
}

function milliseconds(text: string): number {
  const factor = text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1000;
  return Number.parseFloat(text) * factor;
}
