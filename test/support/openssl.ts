import { execFileSync } from 'node:child_process';

/** Runs the real openssl and returns what it wrote. */
export function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
