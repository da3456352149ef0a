import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { binary } from '../../hack/cluster/binaries.ts';

export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl; `input` is its standard input. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<KubectlRun>;

/** kubectl as one user, with a home of its own: it keeps a cache of what the API serves, which is another one each time. */
export function kubectlOf(kubeconfig: string, home: string): Kubectl {
  return async (args, input = '') => {
    const child = spawn(binary('kubectl'), ['--kubeconfig', kubeconfig, ...args], {
      env: { ...process.env, HOME: home },
    });
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { code, stdout, stderr };
  };
}

/** The output of a kubectl that must succeed. */
export async function outputOf(run: Promise<KubectlRun>): Promise<string> {
  const { code, stdout, stderr } = await run;
  if (code !== 0) throw new Error(`kubectl ended with ${code}: ${stderr}`);
  return stdout;
}
