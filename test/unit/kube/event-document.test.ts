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

  it('has a name that tells which of a second came first', () => {
    const nameOf = (reason: string, nowMs: number) => {
      const { metadata } = eventDocument({ ...event, reason }, nowMs);
      return (metadata as { readonly name: string }).name;
    };
    const from = Date.parse('2030-01-01T00:00:00Z');
    const names = Array.from({ length: 20 }, (_, ms) => nameOf(`Reason${ms}`, from + ms));
    expect(names.toSorted()).toEqual(names);
    expect(nameOf('Other', from)).not.toBe(names[0]);
    expect(nameOf('Old', 0) < nameOf('New', from)).toBe(true);
  });
});
