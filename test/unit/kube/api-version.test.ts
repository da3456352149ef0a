import { expect, it } from '@jest/globals';
import { apiVersion } from '../../../src/kube/api-version.ts';

it.each([
  ['VirtualService', 'gateway.solo.io/v1'],
  ['Upstream', 'gloo.solo.io/v1'],
  ['Secret', 'v1'],
  ['EndpointSlice', 'discovery.k8s.io/v1'],
] as const)('the apiVersion of %s is %s', (kind, expected) => {
  expect(apiVersion(kind)).toBe(expected);
});
