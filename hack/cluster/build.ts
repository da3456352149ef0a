// Builds what of Kubernetes and etcd the tests run, from pinned Go modules, into the cache; does nothing when all of it is there.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  binary,
  cacheFolder,
  findBinary,
  kubernetesVersion,
  moduleFolder,
  programs,
  type Program,
} from './binaries.ts';

const folder = cacheFolder();
const missing = programs.filter(({ name }) => findBinary(name) === undefined);
mkdirSync(folder, { recursive: true });
for (const program of missing) build(program);
for (const { name } of programs) console.log(binary(name));

function build({ name, module, package: goPackage }: Program): void {
  console.log(`building ${name}: minutes the first time, as Go fetches and compiles its modules`);
  const started = performance.now();
  // Under another name until it is whole: an interrupted build leaves nothing that looks finished.
  const unfinished = join(folder, `.${name}.${process.pid}`);
  const args = ['build', '-trimpath', '-ldflags', linkerFlags(), '-o', unfinished, goPackage];
  const { status, error } = spawnSync('go', args, {
    cwd: moduleFolder(module),
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error)
    throw new Error('the Go toolchain (1.21 or later) is needed on the PATH', { cause: error });
  if (status !== 0) throw new Error(`go build of ${name} ended with ${status}`);
  renameSync(unfinished, join(folder, name));
  console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

/** Without its version the API server would call itself v0.0.0, and kubectl would warn of the difference. */
function linkerFlags(): string {
  const version = kubernetesVersion();
  const [major = '', minor = ''] = version.replace('v', '').split('.');
  const variable = 'k8s.io/component-base/version.git';
  const values = { Version: version, Major: major, Minor: minor, TreeState: 'clean' };
  const settings = Object.entries(values).map(([name, value]) => `-X ${variable}${name}=${value}`);
  return ['-s', '-w', ...settings].join(' ');
}
