import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../src/config/read-settings.ts';

const read = (args: string, environment: Record<string, string> = {}) =>
  readSettings(args === '' ? [] : args.split(' '), environment);

describe('settings: sources', () => {
  it('have defaults, and leave the ports of traffic to the manifests', () => {
    expect(read('--files dir')).toEqual({
      files: ['dir'],
      kube: false,
      bind: '::',
      adminPort: 9901,
      adminBind: '127.0.0.1',
      logLevel: 'info',
      accessLog: true,
      allowLocalUpstreams: 'loopback',
      allowExternalName: false,
      jwksStaleSeconds: 86_400,
      drainAcceptSeconds: 0,
      drainSeconds: 10,
    });
  });

  it('come from flags', () => {
    const args =
      '--files a --http-port 0 --https-port=8443 --bind 127.0.0.1 --admin-port 1 --admin-bind ::1 ' +
      '--namespace apps --log-level debug --access-log off --allow-local-upstreams off ' +
      '--allow-external-name on --jwks-stale-seconds 60 --drain-accept-seconds 3 --drain-seconds 0 --kube off';
    expect(read(args)).toEqual({
      files: ['a'],
      kube: false,
      namespace: 'apps',
      httpPort: 0,
      httpsPort: 8443,
      bind: '127.0.0.1',
      adminPort: 1,
      adminBind: '::1',
      logLevel: 'debug',
      accessLog: false,
      allowLocalUpstreams: 'off',
      allowExternalName: true,
      jwksStaleSeconds: 60,
      drainAcceptSeconds: 3,
      drainSeconds: 0,
    });
  });

  it('take several files in every way', () => {
    expect(read('--files a b --http-port 1 --files c').files).toEqual(['a', 'b', 'c']);
    expect(read('a --http-port 1 -- b').files).toEqual(['a', 'b']);
    expect(read('', { SEEKGATE_FILES: 'a:b' }).files).toEqual(['a', 'b']);
  });

  it('come from the environment where there is no flag', () => {
    const environment = {
      SEEKGATE_FILES: 'dir',
      SEEKGATE_HTTP_PORT: '8081',
      SEEKGATE_ACCESS_LOG: 'off',
      SEEKGATE_LOG_LEVEL: '',
    };
    expect(read('--http-port 8082', environment)).toMatchObject({
      files: ['dir'],
      httpPort: 8082,
      accessLog: false,
      logLevel: 'info',
    });
  });

  it('pass over what Kubernetes sets for a Service of that name', () => {
    const environment = { SEEKGATE_HTTP_PORT: 'tcp://10.0.0.1:80' };
    expect(read('--files a', environment).httpPort).toBeUndefined();
  });
});

describe('settings: of a cluster', () => {
  it('permit no local upstreams and go on taking requests for a while, unless told otherwise', () => {
    expect(read('--kube')).toMatchObject({
      files: [],
      kube: true,
      allowLocalUpstreams: 'off',
      drainAcceptSeconds: 5,
    });
    expect(
      read('--kube --allow-local-upstreams on --drain-accept-seconds 0 --drain-seconds 1'),
    ).toMatchObject({ allowLocalUpstreams: 'on', drainAcceptSeconds: 0, drainSeconds: 1 });
    expect(read('--kube')).not.toHaveProperty('namespace');
  });

  it('take which one, and which namespaces of it', () => {
    const args = '--kube --kubeconfig f --context c --watch-namespaces a,b --namespace own';
    const settings = { kubeconfig: 'f', context: 'c', watchNamespaces: ['a', 'b'] };
    expect(read(args)).toMatchObject({ ...settings, namespace: 'own' });
    expect(read('--kube --watch-namespaces a --watch-namespaces=b,c')).toMatchObject({
      watchNamespaces: ['a', 'b', 'c'],
    });
    const environment = {
      SEEKGATE_KUBE: 'on',
      SEEKGATE_KUBECONFIG: 'f',
      SEEKGATE_CONTEXT: 'c',
      SEEKGATE_WATCH_NAMESPACES: 'a, b',
    };
    expect(read('', environment)).toMatchObject({ kube: true, ...settings });
  });

  it.each(['--kube', '--kube on', '--kube=on', '--bind ::1 --kube', '--kube --bind ::1'])(
    'are asked for by a switch: %s',
    (args) => {
      expect(read(args).kube).toBe(true);
    },
  );

  it('leave what stands after -- alone', () => {
    expect(read('-- --kube').files).toEqual(['--kube']);
  });
});

describe('settings: faults name the place, what was found and what is accepted', () => {
  const faults: readonly [args: string, environment: Record<string, string>, message: string][] = [
    ['', {}, '--files: found nothing, accepted the path of a folder or a file'],
    ['--kube off', {}, '--files: found nothing, accepted the path of a folder or a file, or'],
    ['--kube --files a', {}, 'found --kube and --files, accepted one of them'],
    ['a --kube', {}, 'found --kube and --files, accepted one of them'],
    ['--kube', { SEEKGATE_FILES: 'a' }, 'found --kube and SEEKGATE_FILES, accepted one of them'],
    ['a --context c', {}, '--context: found without --kube, accepted only with it'],
    [
      'a',
      { SEEKGATE_WATCH_NAMESPACES: 'a' },
      'SEEKGATE_WATCH_NAMESPACES: found without --kube, accepted only with it',
    ],
    [
      '--kube --watch-namespaces a,,B',
      {},
      '--watch-namespaces: found a,,B, accepted names of namespaces, separated by commas',
    ],
    ['--kube --namespace a/b', {}, '--namespace: found a/b, accepted the name of a namespace'],
    ['--kube yes', {}, '--kube: found yes, accepted on or off'],
    ['--files', {}, '--files: found nothing, accepted the path of a folder or a file'],
    [
      '--files a --http-port 80x',
      {},
      '--http-port: found 80x, accepted a whole number from 0 to 65535',
    ],
    [
      '--files a --admin-port 65536',
      {},
      '--admin-port: found 65536, accepted a whole number from 0 to 65535',
    ],
    [
      '--files a --http-port -1',
      {},
      '--http-port: found -1, accepted a whole number from 0 to 65535',
    ],
    [
      '--files a --http-port --bind ::1',
      {},
      '--http-port: found --bind, accepted a whole number from 0 to 65535',
    ],
    ['--files a --access-log yes', {}, '--access-log: found yes, accepted on or off'],
    [
      '--files a --log-level loud',
      {},
      '--log-level: found loud, accepted trace, debug, info, warn, error, fatal, silent',
    ],
    ['--files a --bind=', {}, '--bind: found nothing, accepted a text that is not empty'],
    [
      '--files a',
      { SEEKGATE_DRAIN_SECONDS: '1h' },
      'SEEKGATE_DRAIN_SECONDS: found 1h, accepted a whole number from 0 to 3600',
    ],
  ];
  it.each(faults)('%s %j', (args, environment, message) => {
    expect(() => read(args, environment)).toThrow(message);
  });

  it('an unknown flag', () => {
    expect(() => read('--files a --htp-port 1')).toThrow(/^found --htp-port, accepted --files, /);
    expect(() => read('--files a -p 1')).toThrow(/^found -p, accepted /);
  });

  it('are usage errors for flags and setting errors for the environment', () => {
    expect(() => read('--nope')).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
    expect(() => read('a', { SEEKGATE_BIND: '', SEEKGATE_HTTP_PORT: 'x' })).toThrow(
      expect.objectContaining({ code: 'ERR_SETTING' }),
    );
  });
});
