import type { OwnKind } from '../api/kinds.ts';
import type { Clock } from '../base/clock.ts';
import type { Outcome } from '../ir/outcome.ts';
import { objectPath } from './api-path.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-object.ts';
import type { ObservedObject, ObservedObjects } from './observed-objects.ts';
import { ownKind } from './own-kind.ts';
import { statusChange, type StatusChange } from './status-document.ts';
import type { StatusShape, StatusShapes } from './status-shapes.ts';
import { speaksOfNewer } from './stored-status.ts';

/**
 * What came of a write: `same` says already what there is to say; `gone` is deleted, `another` was made anew under the
 * name, `newer` is told of a later generation; `contended` was changed by others at every try.
 */
type WriteVerdict = 'written' | 'same' | 'gone' | 'another' | 'newer' | 'not-leader' | 'contended';

export interface WriteResult {
  readonly verdict: WriteVerdict;
  /** What was told, where something was. */
  readonly outcome: Outcome;
  /** The object as it was before the write. */
  readonly before: ObservedObject | undefined;
}

export interface WritePorts {
  readonly client: KubeClient;
  readonly observed: ObservedObjects;
  readonly isLeader: () => boolean;
  /** The controller's own. */
  readonly namespace: string;
  readonly shapes: StatusShapes;
  readonly clock: Clock;
  /** Told of every try that another writer came before. */
  readonly conflicted: () => void;
}

const maxTries = 5;

/** Writes the latest outcome of a resource into its status, unless that says the same; throws `KubeApiError`. */
export async function writeStatus(latest: () => Outcome, ports: WritePorts): Promise<WriteResult> {
  const kind = ownKind(latest().ref.kind);
  let before = ports.observed.get(latest().ref);
  let isAskedAnew = false;
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (kind === undefined || before === undefined) return result('gone');
    const shape = await ports.shapes.of(kind);
    // Read after the wait: a newer outcome may have come meanwhile.
    const outcome = latest();
    const hindrance = hindranceOf(outcome, before, ports);
    if (hindrance !== undefined) return result(hindrance);
    const { namespace, clock } = ports;
    const context = { namespace, nowMs: clock.now(), parts: shape.parts };
    const change = statusChange(outcome, before.status, context);
    if (change === undefined) return { verdict: 'same', outcome, before };
    const target = { kind, outcome, before, shape, isAskedAnew };
    const attempt = await send(change, target, ports);
    if (attempt.done) return { verdict: 'written', outcome, before };
    isAskedAnew = true;
    before = attempt.object;
  }
  return result(before === undefined ? 'gone' : 'contended');

  function result(verdict: WriteVerdict): WriteResult {
    return { verdict, outcome: latest(), before };
  }
}

function hindranceOf(
  outcome: Outcome,
  before: ObservedObject,
  { isLeader }: WritePorts,
): WriteVerdict | undefined {
  if (!isLeader()) return 'not-leader';
  if (outcome.uid !== undefined && outcome.uid !== before.uid) return 'another';
  const isNewer = speaksOfNewer(before.status, outcome.observedGeneration, before.generation);
  return isNewer ? 'newer' : undefined;
}

interface Target {
  readonly kind: OwnKind;
  readonly outcome: Outcome;
  readonly before: ObservedObject;
  readonly shape: StatusShape;
  /** Whether this is not the first try, so that what is known of the kind is fresh. */
  readonly isAskedAnew: boolean;
}

/** One attempt: done, or the object as it is now, to try again with. */
interface Attempt {
  readonly done: boolean;
  readonly object: ObservedObject | undefined;
}

async function send(change: StatusChange, target: Target, ports: WritePorts): Promise<Attempt> {
  const { kind, outcome, before, shape } = target;
  const path = objectPath({ ...outcome.ref, kind });
  let answer: KubeObject;
  try {
    answer = await ports.client.request<KubeObject>({
      method: 'PATCH',
      path: shape.subresource ? `${path}/status` : path,
      contentType: 'application/merge-patch+json',
      // The list of conditions is replaced whole: it must be the one that was read.
      body: { metadata: { resourceVersion: before.resourceVersion }, status: change },
    });
  } catch (thrown) {
    return afterRefusal(thrown, { path, target }, ports);
  }
  ports.observed.saw(outcome.ref, answer);
  if (wasPassedOver(change, answer, { target, ports })) {
    ports.shapes.forget(kind);
    return { done: false, object: observedOf(answer) };
  }
  ports.shapes.learn(kind, change, answer['status']);
  return { done: true, object: undefined };
}

/** A write of somebody else came before, or the object or its subresource is gone: looks at what there is now. */
async function afterRefusal(
  thrown: unknown,
  { path, target }: { readonly path: string; readonly target: Target },
  { client, observed, shapes, conflicted }: WritePorts,
): Promise<Attempt> {
  const status = thrown instanceof KubeApiError ? thrown.status : undefined;
  if (status !== 409 && status !== 404) throw thrown;
  if (status === 409) conflicted();
  try {
    const object = await client.request<KubeObject>({ method: 'GET', path });
    observed.saw(target.outcome.ref, object);
    // The object is there, so it is the subresource that is not, or not any more.
    if (status === 404) shapes.forget(target.kind);
    return { done: false, object: observedOf(object) };
  } catch (failed) {
    if (failed instanceof KubeApiError && failed.status === 404) {
      return { done: false, object: undefined };
    }
    throw failed;
  }
}

/** A CRD that has been given a status subresource meanwhile takes a write on the resource, and leaves its status as it was. */
function wasPassedOver(
  change: StatusChange,
  answer: KubeObject,
  { target, ports }: { readonly target: Target; readonly ports: WritePorts },
): boolean {
  const { outcome, before, shape, isAskedAnew } = target;
  if (shape.subresource || isAskedAnew || change.statuses === undefined) return false;
  if (answer.metadata.resourceVersion !== before.resourceVersion) return false;
  const { namespace, clock } = ports;
  const context = { namespace, nowMs: clock.now(), parts: shape.parts };
  return statusChange(outcome, answer['status'], context)?.statuses !== undefined;
}

function observedOf({ metadata, ...object }: KubeObject): ObservedObject {
  const { uid, resourceVersion, generation } = metadata;
  return { uid, resourceVersion, generation, status: object['status'] };
}
