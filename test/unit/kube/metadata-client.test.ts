import { afterEach, describe, expect, it } from '@jest/globals';
import { metadataClient } from '../../../src/kube/metadata-client.ts';
import {
  get,
  linesOf,
  open,
  startKubeClient,
  stopKubeClients,
} from '../../support/kube-client-rig.ts';

afterEach(stopKubeClients);

describe('metadataClient', () => {
  it('asks for nothing but metadata, of lists and of watches', async () => {
    const { api, client } = await startKubeClient((stream) => {
      open(stream);
      stream.end('{}\n');
    });
    const metadata = metadataClient(client);
    await metadata.request(get('/api/v1/namespaces/a/pods'));
    await linesOf(metadata.watch(get('/api/v1/namespaces/a/pods')));
    await client.request(get('/api/v1/namespaces/a/services'));
    expect(api.asked.map(({ accept }) => accept)).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      'application/json',
    ]);
  });
});
