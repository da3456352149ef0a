import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from '../../../src/base/clock.ts';
import {
  createDemoState,
  manifestsFor,
  quickstart,
  type DemoState,
} from '../../../src/cli/demo-state.ts';
import { readKeyFile } from '../../../src/cli/token-key-file.ts';
import { checkSignature } from '../../../src/cli/token-signature.ts';
import { readToken, type TokenText } from '../../../src/cli/token-text.ts';

describe('state of the demo', () => {
  let state: DemoState;
  beforeAll(async () => {
    state = await createDemoState(systemClock);
  });
  afterAll(() => state.remove());

  it('has two tokens by one key, whose private half is on no disk', async () => {
    const keys = await readKeyFile(join(state.keys, 'demo.pem'));
    for (const [role, { token, tokenFile }] of Object.entries({
      developer: state.developer,
      guest: state.guest,
    })) {
      expect(readFileSync(tokenFile, 'utf8')).toBe(token);
      const read = readToken(token) as TokenText;
      expect(read.payload).toMatchObject({ role, iss: 'https://issuer.example', aud: 'deepseek' });
      expect(await checkSignature(read, keys)).toMatchObject({ valid: true });
    }
    const files = readdirSync(state.directory, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain('PRIVATE');
    }
  });

  it('serves the quickstart itself, or a copy with other ports in it', async () => {
    expect(await manifestsFor(state, { jwks: 8081, deepseek: 8090 })).toBe(quickstart);
    const copy = await manifestsFor(state, { jwks: 18_081, deepseek: 18_090 });
    const text = (folder: string) =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('');
    expect(text(copy)).toContain('http://127.0.0.1:18081/.well-known/jwks.json');
    expect(text(copy)).toContain('port: 18090');
    expect(text(copy)).not.toMatch(/\b(?:8081|8090)\b/);
    expect(text(quickstart)).toContain('http://127.0.0.1:8081/.well-known/jwks.json');
  });

  it('is gone when it is removed', async () => {
    const other = await createDemoState(systemClock);
    await other.remove();
    expect(existsSync(other.directory)).toBe(false);
  });
});
