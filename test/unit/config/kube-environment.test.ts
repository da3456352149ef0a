import { describe, expect, it } from '@jest/globals';
import { kubeEnvironment } from '../../../src/config/kube-environment.ts';

describe('kubeEnvironment', () => {
  it('reads what kubectl and pods go by', () => {
    const given = {
      KUBECONFIG: '/a:/b',
      HOME: '/home/me',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '443',
    };
    expect(kubeEnvironment(given)).toEqual({
      kubeconfig: '/a:/b',
      home: '/home/me',
      serviceHost: '10.0.0.1',
      servicePort: '443',
    });
    expect(kubeEnvironment({ USERPROFILE: 'C:\\me' }).home).toBe('C:\\me');
  });
});
