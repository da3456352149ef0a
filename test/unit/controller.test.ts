import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { readSettings } from '../../src/config/read-settings.ts';
import { createController, type Controller } from '../../src/controller.ts';
import { createStore } from '../../src/store/store.ts';
import { freePort } from '../support/free-port.ts';
import { respondJson, startKubeApiServer, type KubeApiServer } from '../support/kube-api-server.ts';
import { writeKubeConfig } from '../support/kube-config-file.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Every list is empty, every watch silent; whatever else is asked is forbidden. */
async function startApi(): Promise<KubeApiServer> {
  const api = await startKubeApiServer((stream, headers) => {
    const path = String(headers[':path']);
    const isOwn = /^\/apis\/(?:gateway|gloo)\.solo\.io\//.test(path);
    if (!isOwn) return respondJson(stream, { message: 'no' }, { ':status': 403 });
    if (path.includes('watch=')) return stream.respond({ ':status': 200 });
    return respondJson(stream, { metadata: { resourceVersion: '1' }, items: [] });
  });
  ends.push(api.stop);
  return api;
}

function create(flags: readonly string[]): Controller {
  const controller = createController({
    settings: readSettings(['--kube', ...flags], {}),
    version: '1.2.3',
    store: createStore(),
    outcomes: () => [],
    clock: systemClock,
    logger: createLogger('silent'),
  });
  ends.push(controller.stop);
  return controller;
}

const configOf = (folder: { pathOf: (name: string) => string }, server: string, more = {}) => {
  const access = { server, authority: '', token: 't', ...more };
  return writeKubeConfig(folder.pathOf('kubeconfig'), access);
};

describe('controller', () => {
  const namespaces: readonly [string, readonly string[], string | undefined, string][] = [
    ['a flag', ['--namespace', 'flag'], 'context', 'flag'],
    ['the context', [], 'context', 'context'],
    ['nobody', [], undefined, 'seekgate-system'],
  ];
  it.each(namespaces)('is in the namespace that %s names', async (_by, flags, context, own) => {
    using folder = createTempFolder();
    const api = await startApi();
    const authority = String(api.access.tls.ca);
    const namespace = context === undefined ? {} : { namespace: context };
    const config = configOf(folder, api.url, { authority, ...namespace });
    const controller = create(['--kubeconfig', config, ...flags]);
    expect(controller.missing()).toEqual(['credentials of the cluster are being read']);
    await controller.start();
    expect(controller.synced()).toBe(true);
    const paths = api.asked.map((headers) => headers[':path']);
    expect(paths).toContainEqual(
      expect.stringMatching(`^/apis/gloo.solo.io/v1/namespaces/${own}/settings\\?`),
    );
    expect(api.asked[0]?.['user-agent']).toBe('seekgate/1.2.3');
    expect(controller.facts()).toMatchObject({ connections: 1, isLeader: false });
    expect(controller.facts().watches).toHaveLength(8);
  });

  it('waits for an API server that is not there, says so, and can be stopped all the same', async () => {
    using folder = createTempFolder();
    const port = await freePort();
    const config = configOf(folder, `https://127.0.0.1:${port}`);
    const controller = create(['--kubeconfig', config]);
    const started = controller.start();
    const end = performance.now() + 5_000;
    while (!/ECONNREFUSED/.test(controller.missing().join()) && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(controller.missing()).toEqual([
      expect.stringMatching(/^not listed yet: VirtualService, RouteTable, .*ECONNREFUSED/),
    ]);
    expect(controller.synced()).toBe(false);
    await controller.stop();
    await started;
    expect(controller.synced()).toBe(false);
  });

  it('does not start by a kubeconfig that is not there', async () => {
    using folder = createTempFolder();
    const controller = create(['--kubeconfig', folder.pathOf('none')]);
    await expect(controller.start()).rejects.toMatchObject({ code: 'ERR_KUBE_CONFIG' });
  });

  it('comes to nothing when it is stopped before its start is done', async () => {
    using folder = createTempFolder();
    const api = await startApi();
    const config = configOf(folder, api.url, { authority: String(api.access.tls.ca) });
    const controller = create(['--kubeconfig', config]);
    const started = controller.start();
    await controller.stop();
    await started;
    expect(controller.synced()).toBe(false);
    expect(api.asked).toEqual([]);
    expect(controller.facts()).toMatchObject({ requests: 0, watches: [], writes: [] });
    expect(controller.want([])).toBeUndefined();
    expect(await controller.restored()).toEqual(new Map());
  });
});
