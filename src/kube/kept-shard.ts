import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { refKey, type Resource } from '../api/resource.ts';
import { contentHash, stableJson } from '../base/stable-json.ts';
import { apiVersion } from './api-version.ts';
import { keyOfManifest } from './kept-copies.ts';

/** Copies of resources as one object holds them. */
export interface WrittenShard {
  readonly resources: number;
  /** Base64 of the gzip of a JSON array of manifests; undefined when that is stored already. */
  readonly contents: string | undefined;
  /** Of the JSON: another version of zlib packs it differently. */
  readonly hash: string;
  /** Keys of the resources for which there was no room. */
  readonly leftOut: readonly string[];
}

/** What was found in an object. */
export interface ReadShard {
  /** By `refKey`; not validated. */
  readonly manifests: ReadonlyMap<string, unknown>;
  readonly hash: string;
  /** Copies of which it cannot be told what they are copies of. */
  readonly nameless: number;
}

/** Objects may have 1.5 MiB; this leaves room for the metadata and is gentle to etcd. */
const maxContentLength = 900 * 1024;

/** Far more than the largest shard unpacks to; against a small text that unpacks to something huge. */
const maxUnpacked = 256 * 1024 * 1024;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** kubectl's own copy of the manifest would double each of ours. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Writes resources down: equal resources give the same text. What has no room is left out, the largest first. There is
 * nothing to store when the result is the text of the hash `stored`.
 */
export async function writeShard(
  resources: ReadonlyMap<string, Resource>,
  stored: string,
  maxLength = maxContentLength,
): Promise<WrittenShard> {
  let manifests = [...resources]
    .map(([key, resource]) => ({ key, text: manifestText(resource) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const leftOut: string[] = [];
  for (;;) {
    const json = `[${manifests.map(({ text }) => text).join(',')}]`;
    const hash = hashOf(json);
    const written = { resources: manifests.length, hash, leftOut: leftOut.toSorted() };
    if (hash === stored) return { ...written, contents: undefined };
    const contents = (await pack(json)).toString('base64');
    if (contents.length <= maxLength || manifests.length === 0) return { ...written, contents };
    const gone = largest(manifests, json.length * (1 - maxLength / contents.length));
    leftOut.push(...gone);
    manifests = manifests.filter(({ key }) => !gone.has(key));
  }
}

/** Reads what `writeShard` wrote, or whoever else. Throws when nothing can be read. */
export async function readShard(contents: unknown): Promise<ReadShard> {
  if (typeof contents !== 'string') throw new TypeError('no text in spec.contents');
  const packed = Buffer.from(contents, 'base64');
  const json = (await unpack(packed, { maxOutputLength: maxUnpacked })).toString();
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw new TypeError('no JSON array');
  const manifests = new Map<string, unknown>();
  let nameless = 0;
  for (const manifest of list) {
    const key = keyOfManifest(manifest);
    if (key === undefined) nameless += 1;
    else manifests.set(key, manifest);
  }
  return { manifests, hash: hashOf(json), nameless };
}

/** What an object that is not there holds. */
export const emptyHash = hashOf('[]');

/** The key of a resource. */
export function keyOf({ kind, metadata: { namespace, name } }: Resource): string {
  return refKey({ kind, namespace, name });
}

/** Keys of the largest manifests, which together have `excess` characters or more. */
function largest(
  manifests: readonly { readonly key: string; readonly text: string }[],
  excess: number,
): ReadonlySet<string> {
  const keys = new Set<string>();
  let rest = excess;
  for (const { key, text } of manifests.toSorted((a, b) => b.text.length - a.text.length)) {
    if (rest <= 0 && keys.size > 0) break;
    keys.add(key);
    rest -= text.length;
  }
  return keys;
}

function manifestText(resource: Resource): string {
  const { annotations, ...metadata } = resource.metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== lastApplied);
  return stableJson({
    apiVersion: apiVersion(resource.kind),
    ...resource,
    metadata: {
      ...metadata,
      ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
    },
  });
}

function hashOf(json: string): string {
  return contentHash(json, 32);
}
