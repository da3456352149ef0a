import { describe, expect, it } from '@jest/globals';
import { createKubePlugin } from '../../../src/kube/kube-plugin.ts';

const cluster = { name: 'c', server: 'https://api.test', skipTlsVerify: false };

describe('createKubePlugin', () => {
  it('gives the token or the certificate of a program, and runs it once', async () => {
    const status = { token: 'abc', clientCertificateData: 'cert', clientKeyData: 'key' };
    const script = `console.log(JSON.stringify({ status: { ...${JSON.stringify(status)}, token: 'abc' + process.pid } }))`;
    const exec = { command: process.execPath, args: ['-e', script] };
    const plugin = await createKubePlugin(cluster, { name: 'u', exec });
    const given = await plugin();
    expect(given).toEqual({
      headers: { Authorization: expect.stringMatching(/^Bearer abc\d+$/) },
      cert: 'cert',
      key: 'key',
    });
    expect(await plugin()).toEqual(given);
  });
});
