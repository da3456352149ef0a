import type { OwnKind } from '../api/kinds.ts';
import { contentHash } from '../base/stable-json.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { apiVersion } from './api-version.ts';
import { apiTime, cutText } from './status-document.ts';
import type { Transition } from './status-transitions.ts';

/** An event that is to be told of a resource. */
export interface ResourceEvent extends Transition {
  readonly kind: OwnKind;
  readonly ref: ResourceRef;
  readonly uid: string;
  readonly resourceVersion: string;
}

const component = 'seekgate';

/** What the API server takes. */
const maxMessageBytes = 1024;
const maxNameLength = 253;

/** Two events with the same key are one that happened twice. */
export function eventKey({ uid, type, reason, message }: ResourceEvent): string {
  return contentHash(JSON.stringify([uid, type, reason, message]));
}

/**
 * The `Event` of core/v1, as `kubectl describe` shows it: by the second, and those of the same second by name. Hence names that
 * begin with the time, or the end of a story could stand before its beginning.
 */
export function eventDocument(
  event: ResourceEvent,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  const { kind, ref, uid, resourceVersion, type, reason, message } = event;
  const { namespace, name } = ref;
  const suffix = `.${nowMs.toString(16).padStart(12, '0')}${contentHash(eventKey(event), 8)}`;
  const time = apiTime(nowMs);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name.slice(0, maxNameLength - suffix.length)}${suffix}` },
    involvedObject: { apiVersion: apiVersion(kind), kind, namespace, name, uid, resourceVersion },
    type,
    reason,
    message: cutText(message, maxMessageBytes),
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
