import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createExplainCommand } from '../../../src/cli/explain-command.ts';
import type { Explanation } from '../../../src/ir/explanation.ts';
import { runCommand } from '../../support/command-run.ts';
import { mintToken } from '../../support/golden-token.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { createTestKey, signToken } from '../../support/token-factory.ts';

const nowSeconds = Math.floor(Date.now() / 1000);
const manifests = 'test/golden/claims-route-chosen-anew/in.yaml';
const token = mintToken(
  { key: 'ec-p256', payload: { iss: 'https://issuer.test', company: 'solo.io' } },
  nowSeconds,
);

const explain = (...args: string[]) =>
  runCommand(
    createExplainCommand(() => Promise.resolve(`${token}\n`)),
    args,
  );

describe('explain', () => {
  it('says where a request goes, with a token from standard input, and never repeats it', async () => {
    const { code, stdout } = await explain(
      manifests,
      '--request',
      'http://a.test/',
      '--token',
      '-',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('claim company becomes header x-company');
    expect(stdout).toMatch(/^route         canary$/m);
    expect(stdout).toMatch(/^backend       canary_default, weight 1: canary\.test:8080$/m);
    expect(stdout).not.toContain('solo.io');
    expect(stdout).not.toContain(token.split('.')[1]);
  });

  it('shows claims when asked to', async () => {
    const { stdout } = await explain(
      manifests,
      '--request',
      'GET http://a.test/',
      '--token',
      token,
      '--show-claims',
    );
    expect(stdout).toContain('"company":"solo.io"');
  });

  it('gives JSON, and sends method, headers and body', async () => {
    const { stdout } = await explain(
      'test/golden/rbac-methods/in.yaml',
      '--request',
      'POST http://gateway.test/',
      '-H',
      'Host: gateway.test',
      '--data',
      '{}',
      '-o',
      'json',
    );
    const explanation = JSON.parse(stdout) as Explanation;
    expect(explanation).toMatchObject({ answer: { status: 401, reason: 'jwt_missing' } });
    expect(explanation.steps.map(({ stage }) => stage)).toContain('jwt-after-ext-auth');
  });

  it('tells that manifests have errors', async () => {
    const { code, stderr } = await explain(
      'test/golden/invalid-routes-rejected/in.yaml',
      '--request',
      'http://a.test/',
    );
    expect([code, stderr]).toEqual([0, expect.stringMatching(/have \d+ error\(s\)/)]);
  });

  it.each([
    ['no files', ['--request', 'http://a.test/'], /no files/],
    ['no request', [manifests], /--request: found nothing/],
    [
      'three words',
      [manifests, '--request', 'GET http://a.test/ HTTP/1.1'],
      /accepted 'METHOD URL'/,
    ],
    ['no URL', [manifests, '--request', 'GET /path'], /--request: the URL: found/],
    ['half a header', [manifests, '--request', 'http://a.test/', '-H', 'x'], /-H: accepted/],
    ['another form', [manifests, '--request', 'http://a.test/', '-o', 'yaml'], /found yaml/],
  ])('refuses %s', async (_name, args, message) => {
    await expect(explain(...args)).rejects.toThrow(message);
  });
});

describe('explain with keys from a URL', () => {
  const key = createTestKey('ES256', 'one');
  let server: Server;
  let fetches = 0;

  beforeEach(async () => {
    server = createServer((_request, response) => {
      fetches += 1;
      response.end(JSON.stringify({ keys: [key.jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => void server.close());

  it('fetches them, unless --offline', async () => {
    using folder = createTempFolder();
    const file = join(folder.path, 'vs.yaml');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    writeFileSync(
      file,
      `apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: vs }
spec:
  jwt: { providers: [{ name: kc, issuer: me, remoteJwks: { url: '${url}' } }] }
  routes: [{ matchers: [{ prefix: / }], directResponseAction: { status: 200, body: Hello } }]
`,
    );
    const args = [file, '--request', 'http://a.test/', '--token', signToken(key, { iss: 'me' })];
    expect((await explain(...args)).stdout).toMatch(/^answer        200 Hello$/m);
    expect(fetches).toBe(1);
    const { stdout } = await explain(...args, '--offline');
    expect(stdout).toContain('key set is failed: ');
    expect(stdout).toMatch(/^answer        401 Jwks remote fetch is failed$/m);
    expect(fetches).toBe(1);
  });
});
