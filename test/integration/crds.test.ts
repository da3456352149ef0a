import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { hostileManifests } from '../support/hostile-manifests.ts';
import { startKube, type KubeApi, type KubectlRun } from '../support/kube.ts';

const manifests = globSync('test/integration/manifests/*.yaml').sort();
const accepted = { code: 0, stderr: '' };
let kube: KubeApi;
let applied: KubectlRun;

beforeAll(async () => {
  kube = await startKube();
  applied = await kube.kubectl(['apply', '-f', 'crds/']);
  await kube.kubectl(['wait', '--for=condition=established', 'crd', '--all', '--timeout=30s']);
}, 90_000);

afterAll(() => kube?.stop(), 30_000);

describe('the CRDs', () => {
  it('apply from the client', () => {
    expect(applied).toMatchObject(accepted);
    expect(applied.stdout.match(/ created$/gm)).toHaveLength(9);
  });

  it('apply on the server', async () => {
    const run = await kube.kubectl(['apply', '--server-side', '--force-conflicts', '-f', 'crds/']);
    expect(run).toMatchObject(accepted);
  });

  it('are structural', async () => {
    const run = await kube.kubectl(['get', 'crd', '-o', 'json']);
    expect(run.stdout).not.toContain('NonStructuralSchema');
  });

  it.each(['vs', 'rt', 'gw', 'rto', 'vhopts', 'us', 'ug', 'st', 'gloo-gateway'])(
    'answer to %s',
    async (name) => {
      expect(await kube.kubectl(['get', name])).toMatchObject({ code: 0 });
    },
  );
});

describe('manifests as people write them', () => {
  it('are many', () => {
    expect(manifests.length).toBeGreaterThan(12);
  });

  it.each(manifests.map((path) => [basename(path), path]))('%s applies', async (_name, path) => {
    expect(await kube.kubectl(['apply', '-f', path])).toMatchObject(accepted);
  });

  it('as the examples have them apply', async () => {
    const run = await kube.kubectl(['apply', '--recursive', '-f', 'examples/']);
    expect(run).toMatchObject(accepted);
  });

  it('come back as they were written', async () => {
    const path = 'test/integration/manifests/rbac-matchers.yaml';
    const run = await kube.kubectl(['diff', '-f', path]);
    expect(run).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('hostile manifests', () => {
  it.each(hostileManifests.map((hostile) => [hostile.title, hostile] as const))(
    '%s: refused by name',
    async (_title, { manifest, names }) => {
      const run = await kube.kubectl(['create', '-f', '-'], JSON.stringify(manifest));
      expect(run.code).toBe(1);
      expect(run.stderr).toContain(names);
    },
  );
});

describe('kubectl', () => {
  it('explains fields', async () => {
    const field = 'virtualservice.spec.virtualHost.options.jwt';
    const { stdout } = await kube.kubectl(['explain', field]);
    expect(stdout).toMatch(/^FIELD: jwt <Object>$/m);
    expect(stdout).toContain('Verification of JSON Web Tokens.');
    expect(stdout).toMatch(/providers\s+<map\[string\]Object>/);
    expect(stdout).toMatch(/enum: REQUIRE_VALID, ALLOW_MISSING, ALLOW_MISSING_OR_FAILED/);
  });

  it('lists VirtualServices of both forms with their state', async () => {
    const whole = ['test/integration/manifests/short-form-whole.yaml'];
    const remote = ['test/integration/manifests/jwt-remote-keys.yaml'];
    await kube.kubectl(['apply', '-f', ...whole, '-f', ...remote]);
    await setStatus('short-form-whole', 'Accepted');
    const { stdout } = await kube.kubectl(['get', 'vs', 'short-form-whole', 'auth0']);
    const [header = '', ...rows] = stdout.trimEnd().split('\n');
    expect(header.split(/\s+/)).toEqual(
      'NAME DOMAINS ACCEPTED REFS KEYS PROGRAMMED REASON AGE'.split(' '),
    );
    expect(rows[0]).toMatch(/^short-form-whole +\["chat.example.com"\] +True /);
    expect(rows[1]).toMatch(/^auth0 +\["bookinfo.example.com","\*.example.org"\] /);
  });

  it('keeps the status of Gloo beside the conditions', async () => {
    const status = await setStatus('example-vs', 'Accepted');
    const run = await kube.kubectl(['get', 'vs', 'example-vs', '-o', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ status });
  });
});

/** As a controller would report on a resource. */
async function setStatus(name: string, reason: string): Promise<object> {
  const condition = {
    type: 'Accepted',
    status: 'True',
    reason,
    message: 'in order',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
  };
  const status = {
    observedGeneration: 1,
    conditions: [condition],
    statuses: { 'gloo-system': { state: 'Accepted', reportedBy: 'gateway' } },
  };
  const patch = JSON.stringify({ status });
  const args = ['patch', 'vs', name, '--subresource=status', '--type=merge', '-p', patch];
  expect(await kube.kubectl(args)).toMatchObject(accepted);
  return status;
}
