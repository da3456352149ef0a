// Makes the Python environment of the tests of guides and clients under ~/.cache/seekgate. `node hack/python-venv.ts` installs it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const requirements = ['PyJWT[crypto]==2.15.1', 'openai==3.57.0', 'langchain-deepseek==1.1.1'];

const digest = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 8);
const home = join(homedir(), '.cache', 'seekgate', `venv-${digest}`);
// A virtual environment cannot be moved, so a file says that the installation went through to the end.
const complete = join(home, 'complete');

/** Folder of the environment's programs; throws with the command that installs it. */
export function pythonVenvBin(): string {
  if (existsSync(complete)) return join(home, 'bin');
  throw new Error('Python with its packages is not installed: run `node hack/python-venv.ts`');
}

/** Makes the environment; does nothing when it is there. */
export function installPythonVenv(): string {
  if (existsSync(complete)) return home;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, '..'), { recursive: true });
  run('python3', ['-m', 'venv', home]);
  run(join(home, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...requirements]);
  writeFileSync(`${complete}.new`, `${requirements.join('\n')}\n`);
  renameSync(`${complete}.new`, complete);
  return home;
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

if (import.meta.main) process.stdout.write(`${installPythonVenv()}\n`);
