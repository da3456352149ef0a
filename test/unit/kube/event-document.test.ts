import { describe, expect, it } from '@jest/globals';
import { eventDocument, eventKey, type ResourceEvent } from '../../../src/kube/event-document.ts';

const event: ResourceEvent = {
  kind: 'Upstream',
  ref: { kind: 'Upstream', namespace: 'team', name: 'u' },
  uid: 'uid-u',
  resourceVersion: '7',
  type: 'Warning',
  reason: 'InvalidUpstream',
  message: 'no hosts',
};

describe('eventKey', () => {
  it('is the same for the same on a newer version of the object, and for nothing else', () => {
    expect(eventKey({ ...event, resourceVersion: '8' })).toBe(eventKey(event));
    const others = [
      { ...event, uid: 'other' },
      { ...event, type: 'Normal' as const },
      { ...event, reason: 'Rejected' },
      { ...event, message: 'no port' },
    ];
    expect(new Set([event, ...others].map(eventKey)).size).toBe(5);
  });
});

describe('eventDocument', () => {
  it('is on the object, in its namespace', () => {
    expect(eventDocument(event, 0)).toMatchObject({
      metadata: { namespace: 'team' },
      involvedObject: { apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', name: 'u', uid: 'uid-u' },
      firstTimestamp: '1970-01-01T00:00:00Z',
      count: 1,
    });
  });

  it('has another name at another time', () => {
    expect(eventDocument(event, 0)['metadata']).not.toEqual(eventDocument(event, 1)['metadata']);
  });
});
