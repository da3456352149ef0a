import { describe, expect, it } from '@jest/globals';
import { compileYaml, keyFile, manifest, withSpec } from '../../support/resources.ts';

const routes = [{ directResponseAction: { status: 200 } }];
const web = withSpec('VirtualService', 'web', { virtualHost: { routes } });
const secure =
  withSpec('VirtualService', 'secure', {
    virtualHost: { routes },
    sslConfig: { secretRef: { name: 'tls' } },
  }) +
  manifest('Secret', 'tls', {
    stringData: {
      'tls.crt': keyFile('tls.certificate.pem'),
      'tls.key': keyFile('tls.private.pem'),
    },
  });
const gateway = (name: string, spec: object, creationTimestamp?: string) =>
  withSpec(
    'Gateway',
    name,
    { httpGateway: {}, ...spec },
    creationTimestamp === undefined ? {} : { creationTimestamp },
  );

async function portsOf(text: string, options: { httpPort?: number; httpsPort?: number } = {}) {
  const compiled = await compileYaml(text, options);
  return compiled.table.listeners.map(({ name, port, tls }) => `${name}:${port}${tls ? 's' : ''}`);
}

describe('without Gateways', () => {
  it.each([
    ['nothing to serve opens no port', '', {}, []],
    ['a plain virtual service', web, {}, ['default:8080']],
    ['one with TLS', secure, {}, ['default-ssl:8443s']],
    [
      'ports by flag',
      web + secure,
      { httpPort: 80, httpsPort: 443 },
      ['default:80', 'default-ssl:443s'],
    ],
    ['a port that the system chooses', web, { httpPort: 0 }, ['default:0']],
  ])('%s', async (_title, text, options, ports) => {
    expect(await portsOf(text, options)).toEqual(ports);
  });
});

describe('with Gateways', () => {
  it.each([
    ['the defaults', gateway('a', {}), {}, ['default.a:8080']],
    ['its port', gateway('a', { bindPort: 9000 }), {}, ['default.a:9000']],
    ['a flag wins', gateway('a', { bindPort: 9000 }), { httpPort: 1 }, ['default.a:1']],
    [
      'but only for the first of its kind',
      gateway('a', { bindPort: 9000 }) + gateway('b', { bindPort: 9001 }),
      { httpPort: 1 },
      ['default.a:1', 'default.b:9001'],
    ],
    [
      'one for each kind',
      gateway('a', { bindPort: 9000 }) + gateway('b', { ssl: true }) + secure,
      { httpsPort: 2 },
      ['default.a:9000', 'default.b:2s'],
    ],
    ['no list of proxies', gateway('a', { proxyNames: [] }), {}, ['default.a:8080']],
    ['our proxy', gateway('a', { proxyNames: ['x', 'gateway-proxy'] }), {}, ['default.a:8080']],
    ['another proxy', gateway('a', { proxyNames: ['x'] }), {}, []],
    ['another kind of Gateway', gateway('a', { httpGateway: undefined, tcpGateway: {} }), {}, []],
    ['every address', gateway('a', { bindAddress: '::' }), {}, ['default.a:8080']],
    ['every address, old form', gateway('a', { bindAddress: '0.0.0.0' }), {}, ['default.a:8080']],
  ])('%s', async (_title, text, options, ports) => {
    expect(await portsOf(web + text, options)).toEqual(ports);
  });

  it('a Gateway that serves nobody opens no port', async () => {
    expect(await portsOf(web + gateway('a', { ssl: true }))).toEqual([]);
  });

  it('takes the port of Host for part of it, unless told otherwise', async () => {
    const options = { httpConnectionManagerSettings: { stripAnyHostPort: true } };
    const compiled = await compileYaml(web + gateway('a', { httpGateway: { options } }));
    expect(compiled.table.listeners[0]?.stripPort).toBe(true);
    expect((await compileYaml(web)).table.listeners[0]?.stripPort).toBe(false);
  });

  it.each([
    ['two addresses', '127.0.0.1', '127.0.0.2', ['127.0.0.1', '127.0.0.2']],
    ['both families', '127.0.0.1', '::1', ['127.0.0.1', '::1']],
    ['one address, written in two ways', '::1', '0:0:0:0:0:0:0:1', ['::1']],
    ['an address and all of them', '127.0.0.1', '::', ['127.0.0.1']],
    ['all of them and an address', '0.0.0.0', '127.0.0.1', [undefined]],
  ])('opens a port for %s', async (_name, first, second, addresses) => {
    const text = gateway('a', { bindAddress: first }) + gateway('b', { bindAddress: second });
    const compiled = await compileYaml(web + text);
    expect(compiled.table.listeners.map(({ address }) => address)).toEqual(addresses);
    const clash = addresses.length === 1 ? ['error InvalidGateway spec.bindPort'] : [];
    expect(compiled.findings('Gateway/b')).toEqual(clash);
  });

  it('leaves a port to the oldest', async () => {
    const text =
      gateway('a', {}, '2026-02-01T00:00:00Z') + gateway('b', {}, '2026-01-01T00:00:00Z');
    const compiled = await compileYaml(web + text);
    expect(compiled.table.listeners.map(({ name }) => name)).toEqual(['default.b']);
    expect(compiled.findings('Gateway/a')).toEqual(['error InvalidGateway spec.bindPort']);
    expect(compiled.outcome('Gateway/a').reason).toContain(
      'bind-address :::8080 is not unique in a proxy. gateways: default.b,default.a',
    );
    expect(compiled.outcome('Gateway/b').state).toBe('Accepted');
  });

  it.each([
    [{ httpGateway: undefined }, 'InvalidGateway spec'],
    [{ httpGateway: { options: { waf: {} } } }, 'Unsupported spec.httpGateway.options.waf'],
    [{ httpGateway: { options: { dlp: {} } } }, 'Unsupported spec.httpGateway.options.dlp'],
    [{ httpGateway: { options: { csrf: {} } } }, 'Unsupported spec.httpGateway.options.csrf'],
    [{ httpGateway: { options: { extProc: {} } } }, 'Unsupported spec.httpGateway.options.extProc'],
    [{ bindAddress: 'localhost' }, 'InvalidGateway spec.bindAddress'],
  ])('is not opened with %j', async (spec, finding) => {
    const compiled = await compileYaml(web + gateway('a', spec));
    expect(compiled.findings('Gateway/a')).toContain(`error ${finding}`);
    expect(compiled.table.listeners).toEqual([]);
  });

  it('keeps the last good version while the newest has an error', async () => {
    const good = await compileYaml(web + gateway('a', { bindPort: 9000 }));
    const text = web + gateway('a', { bindPort: 9001, httpGateway: { options: { waf: {} } } });
    const compiled = await compileYaml(text, { lastGood: good.accepted });
    expect(compiled.table.listeners.map(({ port }) => port)).toEqual([9000]);
    expect(compiled.outcome('Gateway/a')).toMatchObject({
      state: 'Rejected',
      servingLastGood: true,
    });
  });
});
