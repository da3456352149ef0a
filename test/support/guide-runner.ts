import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { binary } from '../../hack/cluster/binaries.ts';
import { pythonVenvBin } from '../../hack/python-venv.ts';
import { freePort } from './free-port.ts';
import { looksLike, readGuide, type GuideBlock } from './guide.ts';
import { createTempFolder } from './temp-folder.ts';

const repository = resolve(import.meta.dirname, '../..');
/** Ports that the guides name; each becomes a free one, so that nothing else on the machine is in the way. */
const ports = ['8080', '8081', '8090', '8091', '8443', '9901'];

/** Folders of the clone in which a reader of a guide for clusters types. */
const cloned = ['crds', 'deploy', 'examples'];

/** What a reader has beside the guide. */
export interface GuideSurroundings {
  /** Of the administrator of a cluster: kubectl is there, and talks to it. */
  readonly kubeconfig?: string;
  /** Path of an installed Envoy. */
  readonly envoy?: string;
}

/** Does what a reader of the guide does, in an empty folder; the error of a block that goes another way names its line. */
export async function runGuide(
  markdown: string,
  { kubeconfig, envoy }: GuideSurroundings = {},
): Promise<number> {
  using folder = createTempFolder();
  const programs = join(folder.path, '.bin');
  const reader = join(folder.path, 'reader');
  mkdirSync(programs);
  mkdirSync(reader);
  // `npx seekgate` of a clone runs the built program; here it is the source, without the build.
  writeFileSync(join(programs, 'npx'), npx, { mode: 0o755 });
  if (envoy !== undefined) symlinkSync(envoy, join(programs, 'envoy'));
  if (kubeconfig !== undefined)
    prepareCluster(kubeconfig, { folder: folder.path, programs, reader });
  const path = [programs, pythonVenvBin(), dirname(process.execPath), process.env['PATH']];
  const cluster = kubeconfig === undefined ? {} : clusterEnv(folder.path);
  const env = { ...process.env, ...cluster, PATH: path.join(':'), NO_COLOR: '1' };
  const background: ChildProcess[] = [];
  const killAll = (): void => background.forEach((child) => signalGroup(child, 'SIGKILL'));
  process.once('exit', killAll);
  const blocks = readGuide(await withFreePorts(markdown));
  try {
    for (const block of blocks) await runBlock(block, { reader, env, background });
  } finally {
    await Promise.all(background.map((child) => stop(child)));
    process.off('exit', killAll);
  }
  return blocks.length;
}

const npx = `#!/bin/sh
test "$1" = seekgate || { echo "npx $1: only seekgate is known here" >&2; exit 64; }
shift
exec node ${repository}/src/main.ts "$@"
`;

/** The reader's own kubeconfig, which a guide may change, and a home for what kubectl remembers of the API. */
function clusterEnv(folder: string): NodeJS.ProcessEnv {
  return { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder };
}

function prepareCluster(
  kubeconfig: string,
  { folder, programs, reader }: Readonly<Record<'folder' | 'programs' | 'reader', string>>,
): void {
  copyFileSync(kubeconfig, join(folder, 'kubeconfig'));
  symlinkSync(binary('kubectl'), join(programs, 'kubectl'));
  for (const name of cloned) symlinkSync(join(repository, name), join(reader, name));
}

interface Reader {
  readonly reader: string;
  readonly env: NodeJS.ProcessEnv;
  readonly background: ChildProcess[];
}

async function runBlock(block: GuideBlock, { reader, env, background }: Reader): Promise<void> {
  if (block.kind === 'file') {
    const path = join(reader, block.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, block.text);
    return;
  }
  const script = `set -eu\n${block.kind === 'background' ? 'exec ' : ''}${block.text}`;
  const child = spawn('bash', ['-c', script], { cwd: reader, env, detached: true });
  child.stdin.end();
  const told = { output: '', errors: '' };
  if (block.kind === 'background') background.push(child);
  const fault = await new Promise<string | undefined>((settle) => {
    const complete = (): boolean =>
      block.output === undefined || looksLike(block.output, told.output);
    const listen = (name: keyof typeof told) => (chunk: Buffer) => {
      told[name] += chunk.toString();
      if (block.kind === 'background' && complete()) settle(undefined);
    };
    child.stdout.on('data', listen('output'));
    child.stderr.on('data', listen('errors'));
    child.once('close', (code) => {
      if (block.kind === 'background' || code !== 0) settle(`ended with ${code}`);
      else settle(complete() ? undefined : 'printed something else');
    });
  });
  if (fault === undefined) return;
  const { output, errors } = told;
  throw new Error(
    `line ${block.line}: ${fault}\n--- commands\n${block.text}--- expected\n${block.output ?? '(anything)\n'}--- printed\n${output}--- errors\n${errors}`,
  );
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((settle) => {
    if (child.exitCode !== null || child.signalCode !== null) return settle();
    child.once('close', () => settle());
    signalGroup(child, 'SIGTERM');
  });
}

/** The group, since a block is a shell with children. */
function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}

async function withFreePorts(markdown: string): Promise<string> {
  const free = new Map<string, number>();
  for (const port of ports) free.set(port, await freePort());
  return markdown.replace(new RegExp(ports.join('|'), 'g'), (port) => String(free.get(port)));
}
