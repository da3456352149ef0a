import { describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';

import { systemClock } from '../../../src/base/clock.ts';
import { createLogger } from '../../../src/base/log.ts';
import { createKeyFolder } from '../../../src/cli/token-key-folder.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

function pem(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string,
  };
}

function keyFolder(directory: string, keepMs = 60_000) {
  const time = { now: 0 };
  let logged = '';
  const clock = { ...systemClock, now: () => time.now };
  const log = createLogger('info', { write: (line: string) => (logged += line) });
  const folder = createKeyFolder({ directory, keepMs, clock, log });
  return { ...folder, time, logged: () => logged };
}

describe('key folder', () => {
  it('publishes a new file at once', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path);
    writeFileSync(files.pathOf('a.pem'), pem().publicKey);
    await folder.read();
    writeFileSync(files.pathOf('b.pem'), pem().publicKey);
    expect(folder.keys()).toHaveLength(1);
    await folder.read();
    expect(folder.keys()).toHaveLength(2);
  });

  it('keeps a key whose file has gone, and retires it after the time to keep', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path);
    writeFileSync(files.pathOf('a.pem'), pem().publicKey);
    await folder.read();
    rmSync(files.pathOf('a.pem'));
    await folder.read();
    folder.time.now = 59_999;
    await folder.read();
    expect(folder.keys()).toHaveLength(1);
    folder.time.now = 60_000;
    expect(folder.keys()).toHaveLength(0);
  });

  it('retires at once with nothing to keep', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path, 0);
    writeFileSync(files.pathOf('a.pem'), pem().publicKey);
    await folder.read();
    rmSync(files.pathOf('a.pem'));
    await folder.read();
    expect(folder.keys()).toEqual([]);
  });

  it('takes a key back whose file returns', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path);
    const { publicKey } = pem();
    writeFileSync(files.pathOf('a.pem'), publicKey);
    await folder.read();
    rmSync(files.pathOf('a.pem'));
    await folder.read();
    writeFileSync(files.pathOf('elsewhere.pem'), publicKey);
    await folder.read();
    folder.time.now = 120_000;
    expect(folder.keys()).toHaveLength(1);
  });

  it('keeps the old key of a file that was replaced', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path);
    writeFileSync(files.pathOf('a.pem'), pem().publicKey);
    await folder.read();
    writeFileSync(files.pathOf('a.pem'), pem().publicKey);
    await folder.read();
    expect(folder.keys()).toHaveLength(2);
    folder.time.now = 60_000;
    expect(folder.keys()).toHaveLength(1);
  });

  it('lets a file that cannot be read change nothing', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path, 0);
    writeFileSync(files.pathOf('a.pem'), pem().publicKey);
    await folder.read();
    writeFileSync(files.pathOf('a.pem'), '-----BEGIN PUBLIC');
    await folder.read();
    expect(folder.keys()).toHaveLength(1);
    expect(folder.logged()).toContain('not a usable key');
  });

  it('never publishes a private key, not even its public half', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path);
    const { privateKey } = pem();
    writeFileSync(files.pathOf('a.pem'), privateKey);
    await folder.read();
    expect(folder.keys()).toEqual([]);
    expect(folder.logged()).toContain('holds a private key');
    expect(folder.logged()).not.toContain(privateKey.split('\n')[1]);
  });

  it('looks at key files only', async () => {
    using files = createTempFolder();
    const folder = keyFolder(files.path);
    for (const name of ['README.md', '.hidden.pem', 'a.pem~']) {
      writeFileSync(files.pathOf(name), pem().publicKey);
    }
    await folder.read();
    expect(folder.keys()).toEqual([]);
  });
});
