import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { SignJWT } from 'jose';

import type { Clock } from '../base/clock.ts';
import { generatePrivateKey } from './token-keygen.ts';
import { publicJwk } from './token-key.ts';

/** What the demo makes for itself: a folder that is removed at its end. No private key is ever in it. */
export interface DemoState {
  readonly directory: string;
  /** Folder of the public key. */
  readonly keys: string;
  /** Files and texts of the tokens. */
  readonly developer: DemoToken;
  readonly guest: DemoToken;
  readonly remove: () => Promise<void>;
}

/** A token, and the file it is in for the curl commands. */
interface DemoToken {
  readonly tokenFile: string;
  readonly token: string;
}

const lifetimeSeconds = 8 * 3600;

/** The manifests that the demo serves. */
export const quickstart = resolve(import.meta.dirname, '../../examples/quickstart');

/** Makes a key pair, whose private half stays in memory, and two tokens that fit the manifests of the quickstart. */
export async function createDemoState(clock: Clock): Promise<DemoState> {
  const directory = await mkdtemp(join(tmpdir(), 'seekgate-demo-'));
  const keys = join(directory, 'keys');
  await mkdir(keys);
  const key = generatePrivateKey({ type: 'RSA', bits: '2048', curve: '' });
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  await writeFile(join(keys, 'demo.pem'), publicPem);
  const { kid = '' } = await publicJwk({ key });
  const issue = async (role: string): Promise<DemoToken> => {
    const now = Math.floor(clock.now() / 1000);
    const token = await new SignJWT({ role })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setIssuer('https://issuer.example')
      .setAudience('deepseek')
      .setSubject(`demo-${role}`)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .sign(key);
    const tokenFile = join(directory, `${role}.jwt`);
    await writeFile(tokenFile, token, { mode: 0o600 });
    return { tokenFile, token };
  };
  return {
    directory,
    keys,
    developer: await issue('developer'),
    guest: await issue('guest'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A copy of the quickstart's manifests with other ports in it; the manifests themselves when the ports are theirs. */
export async function manifestsFor(
  state: DemoState,
  ports: { readonly jwks: number; readonly deepseek: number },
): Promise<string> {
  if (ports.jwks === 8081 && ports.deepseek === 8090) return quickstart;
  const copy = join(state.directory, 'manifests');
  await cp(quickstart, copy, { recursive: true });
  for (const name of await readdir(copy)) {
    const path = join(copy, name);
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text
        .replaceAll('127.0.0.1:8081/', `127.0.0.1:${ports.jwks}/`)
        .replaceAll('port: 8090', `port: ${ports.deepseek}`),
    );
  }
  return copy;
}
