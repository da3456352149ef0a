import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { controllerNamespace, createControllerAccount } from '../support/controller-account.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { freePort } from '../support/free-port.ts';
import { createKubeRequests, type KubeRequests } from '../support/kube-request.ts';
import { startKube, type KubeApi } from '../support/kube.ts';
import { createSelfSigned } from '../support/self-signed.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const namespace = 'secure';
const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const gloo = '/apis/gateway.solo.io/v1/namespaces';

let kube: KubeApi;
let api: KubeRequests;
let gateway: ControllerProcess;
let port: number;

beforeAll(async () => {
  kube = await startKube();
  const kubeconfig = await createControllerAccount(kube);
  api = createKubeRequests(kube.kubeconfig);
  port = await freePort();
  await api.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await allowSecret('certificate');
  gateway = await startController({ kubeconfig });
  await gateway.ready();
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  api?.close();
  await kube?.stop();
}, 60_000);

/** The right to one Secret by its name, as `deploy/secrets.yaml` gives it. */
async function allowSecret(name: string): Promise<void> {
  const rules = [
    { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['list', 'watch'] },
  ];
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: 'seekgate-secrets', namespace };
  await api.send('POST', `${path}/roles`, { metadata, rules });
  await api.send('POST', `${path}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'seekgate-secrets' },
    subjects: [{ kind: 'ServiceAccount', name: 'seekgate', namespace: controllerNamespace }],
  });
}

interface Certificate {
  readonly fingerprint: string;
  readonly data: Readonly<Record<string, string>>;
}

function certificate(): Certificate {
  using folder = createTempFolder();
  const { key, cert } = createSelfSigned(folder);
  const { fingerprint256: fingerprint } = new X509Certificate(cert);
  return { fingerprint, data: { 'tls.crt': cert, 'tls.key': key } };
}

async function createCertificate({ data: stringData }: Certificate): Promise<void> {
  const metadata = { name: 'certificate' };
  await api.send('POST', secrets, { metadata, type: 'kubernetes.io/tls', stringData });
}

/** Over a connection of its own; gives the certificate that the server showed. */
async function ask(): Promise<string> {
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/',
    headers: { host: 'secure.example' },
    servername: 'secure.example',
    rejectUnauthorized: false,
    agent: false,
  });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const shown = (response.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256;
  expect([response.statusCode, await text(response)]).toEqual([200, 'hello']);
  return shown ?? '';
}

async function untilShown(fingerprint: string): Promise<void> {
  const end = performance.now() + 10_000;
  let shown = '';
  while (shown !== fingerprint && performance.now() < end) {
    shown = await ask().catch(String);
    if (shown !== fingerprint) await delay(5);
  }
  expect(shown).toBe(fingerprint);
}

/** Handshakes, a few at a time, until they are stopped. */
function startHandshakes() {
  const failures: unknown[] = [];
  const stopped = new AbortController();
  let asked = 0;
  const work = async () => {
    while (!stopped.signal.aborted) {
      await ask().catch((error: unknown) => failures.push(error));
      asked += 1;
    }
  };
  const working = Promise.all(Array.from({ length: 4 }, work));
  return {
    stop: async () => {
      stopped.abort();
      await working;
      return { asked, failures };
    },
    // A test that fails ends them too.
    [Symbol.dispose]: () => stopped.abort(),
  };
}

it('a certificate out of a Secret may be replaced, also by one that does not load or by none, while clients connect', async () => {
  const first = certificate();
  await createCertificate(first);
  await api.send('POST', `${gloo}/${controllerNamespace}/gateways`, {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'Gateway',
    metadata: { name: 'secure' },
    spec: { bindPort: port, ssl: true, httpGateway: {} },
  });
  await api.send('POST', `${gloo}/${namespace}/virtualservices`, {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'secure' },
    spec: {
      sslConfig: { secretRef: { name: 'certificate' } },
      virtualHost: {
        domains: ['secure.example'],
        routes: [{ directResponseAction: { status: 200, body: 'hello' } }],
      },
    },
  });
  await untilShown(first.fingerprint);
  using handshakes = startHandshakes();
  let last = first;
  for (let count = 0; count < 10; count += 1) {
    last = certificate();
    await api.send('PATCH', `${secrets}/certificate`, { stringData: last.data });
    await untilShown(last.fingerprint);
  }
  const broken = { 'tls.crt': 'no certificate', 'tls.key': 'no key' };
  await api.send('PATCH', `${secrets}/certificate`, { stringData: broken });
  const kubectl = ['wait', '--for=condition=Accepted=false', 'vs/secure', '-n', namespace];
  const waited = await kube.kubectl([...kubectl, '--timeout=10s']);
  expect(waited).toMatchObject({ code: 0 });
  expect(await ask()).toBe(last.fingerprint);
  await api.send('DELETE', `${secrets}/certificate`);
  const missing = ['wait', '--for=condition=ResolvedRefs=false', 'vs/secure', '-n', namespace];
  expect(await kube.kubectl([...missing, '--timeout=10s'])).toMatchObject({ code: 0 });
  expect(await ask()).toBe(last.fingerprint);
  const repaired = certificate();
  await createCertificate(repaired);
  await untilShown(repaired.fingerprint);
  const { asked, failures } = await handshakes.stop();
  expect(failures).toEqual([]);
  expect(asked).toBeGreaterThan(100);
}, 60_000);
