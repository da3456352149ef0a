import type { Kind } from '../api/kinds.ts';
import { refKey, type Entry } from '../api/resource.ts';
import { validateManifest } from '../api/validate.ts';
import { contentHash } from '../base/stable-json.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { apiVersion } from './api-version.ts';
import { ownKind } from './own-kind.ts';
import type { KubeMetadata, KubeObject } from './kube-object.ts';

/** An object of a watch, in the form of the store. */
export interface WatchedObject {
  readonly resourceVersion: string;
  /** Changes with whatever the store has to hear of: another uid is another object, another generation has another status. */
  readonly fingerprint: string;
  /** Absent for what has no name, which no API server sends. */
  readonly entry: Entry | undefined;
}

/** kubectl keeps the whole object in it, the data of a Secret included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Reads an object; the former one is given back when nothing that matters has changed, and is not validated anew. */
export function watchedObject(
  kind: Kind,
  object: KubeObject,
  former: WatchedObject | undefined,
): WatchedObject {
  const { resourceVersion } = object.metadata;
  if (former?.resourceVersion === resourceVersion) return former;
  const manifest = manifestOf(kind, object);
  const { generation, ...metadata } = manifest.metadata;
  const content = contentHash(JSON.stringify({ ...manifest, metadata }), 32);
  const fingerprint = `${content} ${generation ?? ''}`;
  if (former?.fingerprint === fingerprint) return { ...former, resourceVersion };
  if (former?.entry && former.fingerprint.startsWith(`${content} `)) {
    return { resourceVersion, fingerprint, entry: withGeneration(former.entry, generation) };
  }
  const from = { origin: '', defaultNamespace: '' };
  const { entry } = validateManifest(manifest, from);
  return { resourceVersion, fingerprint, entry };
}

/**
 * The same content under another number, as after a change that was taken back while nobody watched. Its status has to name that
 * number, or `kubectl wait` waits for ever; there is nothing to validate or to compile.
 */
function withGeneration(entry: Entry, generation: number | undefined): Entry {
  const { generation: _former, ...rest } = entry;
  return generation === undefined ? rest : { ...rest, generation };
}

/** Key of an object among those of its kind, as `refKey` makes it. */
export function watchedKey(kind: Kind, { metadata }: KubeObject): string {
  return refKey(watchedRef(kind, metadata));
}

/** How everything else names the object. */
export function watchedRef(
  kind: Kind,
  { namespace = '', name }: KubeMetadata,
): ResourceRef & { readonly kind: Kind } {
  return { kind, namespace, name };
}

/** What is kept of an object: items of a list name no kind, and status and bookkeeping are nobody's business here. */
function manifestOf(kind: Kind, object: KubeObject) {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...body } = object;
  const { name, namespace, uid, generation, creationTimestamp, labels } = metadata;
  return {
    apiVersion: apiVersion(kind),
    kind,
    metadata: {
      name,
      namespace,
      uid,
      generation,
      creationTimestamp,
      labels,
      annotations: annotationsOf(kind, metadata),
    },
    ...body,
  };
}

function annotationsOf(
  kind: Kind,
  { annotations }: KubeMetadata,
): KubeMetadata['annotations'] | undefined {
  if (annotations === undefined || ownKind(kind) === undefined) return undefined;
  const { [lastApplied]: _lastApplied, ...rest } = annotations;
  return Object.keys(rest).length > 0 ? rest : undefined;
}
