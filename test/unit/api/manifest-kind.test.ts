import { describe, expect, it } from '@jest/globals';
import { apiVersionOf, manifestKind, unknownKind } from '../../../src/api/manifest-kind.ts';

describe('manifestKind', () => {
  it.each([
    ['ours', 'gateway.solo.io/v1', 'VirtualService', 'gateway.solo.io/v1'],
    ['ours in another version', 'gateway.solo.io/v9', 'VirtualService', 'gateway.solo.io/v1'],
    ['ours in another group of Gloo', 'gateway.solo.io/v1', 'Upstream', 'gloo.solo.io/v1'],
    ['ours without apiVersion', '', 'Settings', 'gloo.solo.io/v1'],
    ['of Kubernetes', 'v1', 'Secret', 'v1'],
    ['of Kubernetes in a group', 'discovery.k8s.io/v1', 'EndpointSlice', 'discovery.k8s.io/v1'],
    ['the same name of Istio', 'networking.istio.io/v1', 'VirtualService', undefined],
    ['the same name of the Gateway API', 'gateway.networking.k8s.io/v1', 'Gateway', undefined],
    ['the same name of Knative', 'serving.knative.dev/v1', 'Service', undefined],
    ['of nobody', 'v1', 'constructor', undefined],
  ])('%s', (_title, apiVersion, kind, expected) => {
    const found = manifestKind(apiVersion, kind);
    expect(found && apiVersionOf(found)).toBe(expected);
  });
});

describe('unknownKind', () => {
  const problem = (apiVersion: string, kind: string) =>
    unknownKind({ kind, namespace: 'n', name: 'a' }, apiVersion);

  it.each([
    ['a kind of others', 'apps/v1', 'Deployment', 'warning', 'Deployment of apps/v1'],
    ['a group that only looks like ours', 'notsolo.io/v1', 'X', 'warning', 'notsolo.io'],
    ['a kind of Gloo', 'enterprise.gloo.solo.io/v1', 'AuthConfig', 'error', 'accepted Virtual'],
    ['a slip', 'gloo.solo.io/v1', 'Upstrem', 'error', 'did you mean Upstream?'],
    ['no apiVersion', '', 'Deployment', 'error', 'no apiVersion'],
  ])('%s', (_title, apiVersion, kind, severity, text) => {
    expect(problem(apiVersion, kind)).toMatchObject({
      severity,
      reason: 'UnknownKind',
      message: expect.stringContaining(text),
    });
  });

  it('no kind at all', () => {
    expect(problem('v1', '')).toMatchObject({ severity: 'error', reason: 'MissingField' });
  });
});
