import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';

import { createLogger } from '../../../src/base/log.ts';
import type { HttpListener } from '../../../src/cli/http-listener.ts';
import { createJwksServer } from '../../../src/cli/token-jwks-server.ts';
import { tokenServe } from '../../../src/cli/token-serve.ts';
import { startCommand } from '../../support/command-run.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const publicPem = () =>
  createPublicKey(generateKeyPairSync('ed25519').privateKey).export({
    type: 'spki',
    format: 'pem',
  });

async function kids(url: string): Promise<string[]> {
  const { keys } = (await (await fetch(url)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}

/** The folder is followed by events of the file system, so there is nothing to await but the change itself. */
async function untilKeys(url: string, count: number): Promise<string[]> {
  const deadline = performance.now() + 5000;
  let found = await kids(url);
  while (found.length !== count && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    found = await kids(url);
  }
  expect(found).toHaveLength(count);
  return found;
}

describe('JWKS server', () => {
  const folder = createTempFolder();
  let server: HttpListener;
  const options = {
    directory: folder.path,
    port: 0,
    bind: '127.0.0.1',
    maxAgeSeconds: 60,
    log: createLogger('silent'),
  };
  beforeAll(async () => {
    writeFileSync(folder.pathOf('a.pem'), publicPem());
    server = await createJwksServer({ ...options, keepMs: 0 });
  });
  afterAll(async () => {
    await server.close();
    folder[Symbol.dispose]();
  });

  it('serves the keys with cache headers', async () => {
    const response = await fetch(server.url);
    expect(response.status).toBe(200);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\.well-known\/jwks\.json$/);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=60',
      etag: expect.stringMatching(/^"[0-9a-f]{16}"$/),
    });
    expect(await response.json()).toEqual({
      keys: [expect.objectContaining({ kty: 'OKP', alg: 'EdDSA', use: 'sig' })],
    });
  });

  it.each(['%s', 'W/%s', '"x", %s', '*'])('answers 304 to If-None-Match %s', async (form) => {
    const etag = (await fetch(server.url)).headers.get('etag') ?? '';
    const headers = { 'if-none-match': form.replace('%s', etag) };
    const response = await fetch(server.url, { headers });
    expect([response.status, await response.text()]).toEqual([304, '']);
  });

  it('answers HEAD without a body, 405 to writes and 404 elsewhere', async () => {
    const head = await fetch(server.url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(new URL('/', server.url))).status).toBe(404);
  });

  it('follows the folder: a new key comes, one without a file goes', async () => {
    const before = await kids(server.url);
    writeFileSync(folder.pathOf('b.pem'), publicPem());
    const both = await untilKeys(server.url, 2);
    expect(both).toEqual(expect.arrayContaining(before));
    rmSync(folder.pathOf('a.pem'));
    const after = await untilKeys(server.url, 1);
    expect(after).not.toEqual(before);
  });

  it('says which flag to use when the port is taken', async () => {
    await expect(
      createJwksServer({ ...options, port: server.port, keepMs: 0, portFlag: '--jwks-port' }),
    ).rejects.toMatchObject({
      code: 'ERR_LISTEN',
      message: expect.stringContaining('choose another with --jwks-port'),
    });
  });

  it('names a folder that is not there', async () => {
    const directory = folder.pathOf('none');
    await expect(createJwksServer({ ...options, directory, keepMs: 0 })).rejects.toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringContaining('none'),
    });
  });

  it('runs as `token serve` until it is stopped', async () => {
    const command = startCommand(tokenServe, ['--keys', folder.path, '--port', '0']);
    const url = (await command.until(/\n/)).trim();
    expect(await kids(url)).toHaveLength(1);
    expect((await command.stop()).code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});
