import { createLogger } from '../../src/base/log.ts';
import type { KubeClient } from '../../src/kube/kube-client.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { createObservedRegistry } from '../../src/kube/observed-registry.ts';
import { createStore } from '../../src/store/store.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeListWatch } from './fake-list-watch.ts';

/** What collections are built with, and what a test looks at. */
export function createCollectionRig() {
  const store = createStore();
  const clock = createFakeClock();
  const watches = createFakeListWatch();
  const observed = createObservedRegistry();
  let changes = 0;
  let answers = 0;
  store.onChange(() => (changes += 1));
  const parts = {
    // Only the list/watch, which is a fake, would use it.
    client: {} as KubeClient,
    store,
    observed,
    clock,
    logger: createLogger('silent'),
    listWatch: watches.create,
    answered: () => void (answers += 1),
  };
  return {
    parts,
    store,
    clock,
    watches,
    observed,
    /** How often the store has changed. */
    changes: () => changes,
    answers: () => answers,
  };
}

let version = 0;

/** An Upstream of namespace `a`, unless the body is another one; each time in a new version. */
export function kubeObject(
  name: string,
  body: Readonly<Record<string, unknown>> = {},
  uid = name,
): KubeObject {
  version += 1;
  const metadata = { name, namespace: 'a', uid, resourceVersion: `${version}`, generation: 1 };
  return { metadata, spec: { static: { hosts: [{ addr: 'example.com', port: 80 }] } }, ...body };
}

/** Another spec. */
export const otherSpec = { spec: { static: { hosts: [{ addr: 'other.example', port: 80 }] } } };
