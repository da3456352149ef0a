import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, readFileSync } from 'node:fs';
import { createLogger } from '../../../src/base/log.ts';
import { kubeEnvironment } from '../../../src/config/kube-environment.ts';
import { createKubeCredentials } from '../../../src/kube/kube-credentials.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder();
});
afterEach(() => folder[Symbol.dispose]());

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>> | null;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly current?: string;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Writes a kubeconfig with the contexts `one` and `two`; gives its path. */
async function kubeconfig(parts: Parts = {}): Promise<string> {
  const { cluster, user = { token: 'canary-token' }, context, current = 'one' } = parts;
  const named = { server: 'https://api.test:6443/', ...cluster };
  const chosen = { cluster: 'c', user: 'u', ...context };
  await folder.write(
    'config',
    JSON.stringify({
      'current-context': current,
      clusters: [{ name: 'c', cluster: named }],
      users: [{ name: 'u', user }],
      contexts: [
        { name: 'one', context: chosen },
        { name: 'two', context: { ...chosen, namespace: 'of-two' } },
      ],
    }),
  );
  return folder.pathOf('config');
}

function load(kubeconfig: string | undefined, context?: string) {
  const clock = createFakeClock();
  const logged: string[] = [];
  const logger = createLogger('debug', { write: (line) => void logged.push(line) });
  const credentials = createKubeCredentials({
    kubeconfig,
    context,
    environment: kubeEnvironment(),
    clock,
    logger,
  });
  return { clock, logged, credentials };
}

async function headersOf(parts: Parts): Promise<Readonly<Record<string, string>>> {
  const credentials = await load(await kubeconfig(parts)).credentials;
  return (await credentials.access()).headers;
}

describe('what a kubeconfig says', () => {
  it('server, namespace and token of the current context, or of the one that was named', async () => {
    const path = await kubeconfig();
    const one = await load(path).credentials;
    expect(one.facts).toEqual({ server: 'https://api.test:6443', namespace: undefined });
    expect((await one.access()).headers).toEqual({ authorization: 'Bearer canary-token' });
    const two = await load(path, 'two').credentials;
    expect(two.facts.namespace).toBe('of-two');
  });

  it.each([
    ['a token with spaces around it', { token: ' abc\n' }, { authorization: 'Bearer abc' }],
    [
      'name and password',
      { username: 'me', password: 'pass' },
      { authorization: `Basic ${base64('me:pass')}` },
    ],
    [
      'a user to act as',
      { token: 'abc', as: 'jane' },
      { authorization: 'Bearer abc', 'impersonate-user': 'jane' },
    ],
    [
      'a client certificate',
      { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') },
      {},
    ],
  ])('%s', async (_, user, headers) => {
    expect(await headersOf({ user })).toEqual(headers);
  });

  it('what TLS is made with; another certificate is another fingerprint', async () => {
    const cluster = {
      'certificate-authority-data': base64('ca'),
      'tls-server-name': 'kubernetes.test',
      'insecure-skip-tls-verify': true,
    };
    const user = { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') };
    const { tls, fingerprint } = await (
      await load(await kubeconfig({ cluster, user })).credentials
    ).access();
    expect(tls).toEqual({
      ca: Buffer.from('ca'),
      cert: Buffer.from('cert'),
      key: Buffer.from('key'),
      servername: 'kubernetes.test',
      rejectUnauthorized: false,
    });
    const other = { ...user, 'client-certificate-data': base64('newer') };
    const again = await (
      await load(await kubeconfig({ cluster, user: other })).credentials
    ).access();
    expect(again.fingerprint).not.toBe(fingerprint);
  });
});

describe('files that a kubeconfig names', () => {
  it('are meant from its own folder on, and what stands in it counts before them', async () => {
    for (const [name, text] of Object.entries({ ca: 'A', crt: 'B', key: 'C', token: 'D\n' })) {
      await folder.write(name, text);
    }
    const files = { 'client-certificate': 'crt', 'client-key': 'key', tokenFile: './token' };
    const path = await kubeconfig({
      cluster: { 'certificate-authority': 'ca' },
      user: { ...files, 'client-key-data': base64('of the file'), token: 'old' },
    });
    const { headers, tls } = await (await load(path).credentials).access();
    expect(headers).toEqual({ authorization: 'Bearer D' });
    expect(tls).toEqual({
      ca: Buffer.from('A'),
      cert: Buffer.from('B'),
      key: Buffer.from('of the file'),
    });
  });
});

describe('the service account of a pod', () => {
  it('is used where there is no kubeconfig, and its token is read again', async () => {
    await folder.write('token', 'first');
    await folder.write('ca.crt', 'A');
    await folder.write('namespace', 'team-a');
    const clock = createFakeClock();
    const { facts, access } = await createKubeCredentials({
      environment: { home: folder.path, serviceHost: '10.0.0.1', servicePort: '443' },
      serviceAccount: folder.path,
      clock,
      logger: createLogger('debug', { write: () => undefined }),
    });
    expect(facts).toEqual({ server: 'https://10.0.0.1:443', namespace: 'team-a' });
    expect((await access()).tls).toEqual({ ca: Buffer.from('A') });
    await folder.write('token', 'second');
    clock.advance(60_000);
    expect((await access()).headers).toEqual({ authorization: 'Bearer second' });
  });
});

describe('the default kubeconfig', () => {
  const { KUBECONFIG, HOME } = process.env;
  afterEach(() => {
    if (KUBECONFIG === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = KUBECONFIG;
    process.env.HOME = HOME;
  });

  it('is the one of KUBECONFIG', async () => {
    process.env.KUBECONFIG = await kubeconfig();
    const credentials = await load(undefined, 'two').credentials;
    expect(credentials.facts.namespace).toBe('of-two');
  });

  it('is missed where there is none, and no service account either', async () => {
    delete process.env.KUBECONFIG;
    process.env.HOME = folder.path;
    await expect(load(undefined).credentials).rejects.toMatchObject({
      code: 'ERR_KUBE_CONFIG',
      message: expect.stringContaining('name one by --kubeconfig'),
    });
  });
});

describe('a kubeconfig that cannot be used', () => {
  it.each<[string, Parts, RegExp]>([
    [
      'a context that is not there',
      { current: 'three' },
      /context: found three, accepted are one, two$/,
    ],
    ['no context', { current: '' }, /current-context: not set, name one of one, two$/],
    [
      'a cluster that is not there',
      { context: { cluster: 'x' } },
      /context one: found no such cluster/,
    ],
    ['a user that is not there', { context: { user: 'x' } }, /context one: found no such user/],
    [
      'plain http',
      { cluster: { server: 'http://api.test' } },
      /cluster c: server: not an https URL$/,
    ],
    [
      'a URL with a password',
      { cluster: { server: 'https://me:canary@api.test' } },
      /cluster c: server: found a user in the URL, name a user$/,
    ],
    ['no URL', { cluster: { server: 'api.test' } }, /cluster c: server: not an https URL$/],
    [
      'a proxy',
      { cluster: { 'proxy-url': 'http://proxy.test' } },
      /cluster c: proxy-url: not supported/,
    ],
    ['no credentials', { user: {} }, /user u: found no credentials, accepted are token, /],
    [
      'a missing certificate',
      { cluster: { 'certificate-authority': 'gone.crt' } },
      /user u: its credentials cannot be read \(ENOENT\)$/,
    ],
    [
      'a missing plug-in',
      { user: { exec: { command: '/no/such' } } },
      /user u: its credentials cannot be read \(ENOENT\)$/,
    ],
    [
      'an entry without a name',
      { user: null, cluster: { server: undefined } },
      /config: clusters\[0\]\.cluster\.server is missing$/,
    ],
  ])('%s', async (_, parts, message) => {
    const path = await kubeconfig(parts);
    await expect(load(path).credentials).rejects.toMatchObject({
      code: 'ERR_KUBE_CONFIG',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['is not there', undefined, /missing: cannot be read \(ENOENT\)$/],
    ['is no YAML', 'users:\n- token: canary-token\n  : [', /bad: is not YAML \(line \d\)$/],
    ['is something else', '42', /bad: /],
    ['is empty', '', /bad: /],
  ])('that %s is refused without a word of what it holds', async (_, text, message) => {
    if (text !== undefined) await folder.write('bad', text);
    const path = folder.pathOf(text === undefined ? 'missing' : 'bad');
    const error: unknown = await load(path).credentials.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_KUBE_CONFIG',
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary');
  });

  it('says nothing of what a plug-in wrote', async () => {
    await folder.write('plugin', '#!/bin/sh\necho canary-of-plugin >&2\nexit 1\n');
    chmodSync(folder.pathOf('plugin'), 0o700);
    const path = await kubeconfig({ user: { exec: { command: folder.pathOf('plugin') } } });
    const error: unknown = await load(path).credentials.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'user u: its credentials cannot be read' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary');
  });
});

describe('credentials that change', () => {
  const tokenFile = (path: string) => ({
    'auth-provider': { name: 'tokenFile', config: { tokenFile: path } },
  });

  it('are read again after a minute', async () => {
    await folder.write('token', 'first\n');
    const { clock, credentials } = load(
      await kubeconfig({ user: tokenFile(folder.pathOf('token')) }),
    );
    const { access } = await credentials;
    await folder.write('token', 'second\n');
    expect((await access()).headers.authorization).toBe('Bearer first');
    clock.advance(59_999);
    expect((await access()).headers.authorization).toBe('Bearer first');
    clock.advance(1);
    expect((await access()).headers.authorization).toBe('Bearer second');
  });

  it('are read again at once when they were refused, but once for all who were', async () => {
    await folder.write('token', 'first');
    const { credentials } = load(await kubeconfig({ user: tokenFile(folder.pathOf('token')) }));
    const { access, renewed } = await credentials;
    const refused = await access();
    await folder.write('token', 'second');
    const [one, two] = await Promise.all([renewed(refused), renewed(refused)]);
    expect(one.headers.authorization).toBe('Bearer second');
    expect(two).toBe(one);
    await folder.write('token', 'third');
    expect(await renewed(refused)).toBe(one);
    expect((await renewed(one)).headers.authorization).toBe('Bearer third');
  });

  it('stay what they are while they cannot be read', async () => {
    await folder.write('token', 'first');
    const path = await kubeconfig({ user: tokenFile(folder.pathOf('token')) });
    const { clock, credentials, logged } = load(path);
    const { access } = await credentials;
    await folder.write('config', '{ "users": [ canary-token');
    clock.advance(60_000);
    expect((await access()).headers.authorization).toBe('Bearer first');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('kubernetes credentials not read again');
    expect(logged[0]).not.toContain('canary');
    await kubeconfig({ user: { token: 'now in the file' } });
    clock.advance(60_000);
    expect((await access()).headers.authorization).toBe('Bearer now in the file');
  });

  it('of a plug-in are kept until they are refused', async () => {
    const credential =
      '{"status":{"token":"of plug-in","expirationTimestamp":"2999-01-01T00:00:00Z"}}';
    const runsFile = folder.pathOf('runs');
    await folder.write('plugin', `#!/bin/sh\nprintf x >> ${runsFile}\necho '${credential}'\n`);
    chmodSync(folder.pathOf('plugin'), 0o700);
    const user = { exec: { command: folder.pathOf('plugin') } };
    const { clock, credentials } = load(await kubeconfig({ user }));
    const { access, renewed } = await credentials;
    const runs = () => readFileSync(runsFile, 'utf8').length;
    clock.advance(120_000);
    const first = await access();
    expect(first.headers.authorization).toBe('Bearer of plug-in');
    expect(runs()).toBe(1);
    await renewed(first);
    expect(runs()).toBe(2);
  });
});
