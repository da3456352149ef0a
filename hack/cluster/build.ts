// Builds etcd, kube-apiserver and kubectl for the tests from pinned Go modules into the cache; does nothing when they are there.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  binaryFolder,
  isExecutable,
  kubernetesVersion,
  moduleFolder,
  programs,
  type Program,
} from './binaries.ts';

const folder = binaryFolder();
const missing = programs.filter(({ name }) => !isExecutable(join(folder, name)));
if (missing.length > 0 && process.env['KUBEBUILDER_ASSETS']) {
  const names = missing.map(({ name }) => name).join(', ');
  throw new Error(`KUBEBUILDER_ASSETS=${folder} lacks ${names}`);
}
mkdirSync(folder, { recursive: true });
for (const program of missing) build(program);
console.log(`${programs.map(({ name }) => name).join(', ')}: ${folder}`);

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
