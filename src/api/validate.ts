import { deepFreeze } from '../base/deep-freeze.ts';
import type { ResourceRef } from '../ir/outcome.ts';
import { foundValue } from './found-value.ts';
import { copyManifest } from './manifest-copy.ts';
import {
  apiVersionOf,
  isOwnKind,
  manifestKind,
  unknownKind,
  type ManifestKind,
} from './manifest-kind.ts';
import { manifestPath } from './manifest-path.ts';
import { manifestSchema } from './manifest-schema.ts';
import { problemTexts, type ProblemText } from './problem-text.ts';
import { explainProblem, type Problem } from './problem.ts';
import type { Entry, Metadata, Resource } from './resource.ts';
import { unsupportedFields } from './unsupported-fields.ts';

/** Where a manifest came from. */
export interface ManifestOrigin {
  /** `file:line`, or empty. */
  readonly origin: string;
  /** Namespace of resources that name none. */
  readonly defaultNamespace: string;
}

/** An entry for the store; or, when kind and name cannot be told, just what is wrong. */
export type Validated =
  { readonly entry: Entry } | { readonly entry?: undefined; readonly problems: readonly Problem[] };

/** A manifest with thousands of mistakes has one cause; more than this would only be noise. */
const maxProblems = 64;

type Fields = Readonly<Record<string, unknown>>;
type KnownRef = Entry['ref'];

/** Checks one parsed YAML or JSON document; the resource of the entry is a frozen copy. */
export function validateManifest(document: unknown, from: ManifestOrigin): Validated {
  const manifest = fieldsOf(document);
  const metadata = fieldsOf(manifest['metadata']);
  const ref = {
    kind: textOf(manifest['kind']),
    namespace: textOf(metadata['namespace']) || from.defaultNamespace,
    name: textOf(metadata['name']),
  };
  if (!isObject(document)) {
    return { problems: [malformed(ref, 'no object with apiVersion, kind and metadata')] };
  }
  const kind = manifestKind(textOf(manifest['apiVersion']), ref.kind);
  if (!kind) return { problems: [unknownKind(ref, textOf(manifest['apiVersion']))] };
  if (ref.name === '') return { problems: [nameless(ref, metadata['name'])] };
  return { entry: createEntry(kind, { ...ref, kind: kind.kind }, { document, from }) };
}

function createEntry(
  kind: ManifestKind,
  ref: KnownRef,
  { document, from }: { document: Fields; from: ManifestOrigin },
): Entry {
  const { uid } = fieldsOf(document['metadata']);
  const known = { ref, ...(typeof uid === 'string' ? { uid } : {}), origin: from.origin };
  const copied = copyManifest(document, isOwnKind(ref.kind) ? 'spec' : undefined);
  if ('fault' in copied) return { ...known, problems: [malformed(ref, copied.fault)] };
  const manifest = fieldsOf(copied.value);
  const problems = [...versionProblems(kind, ref, manifest), ...schemaProblems(ref, manifest)];
  const metadata = metadataOf(ref, fieldsOf(manifest['metadata']));
  const { generation } = metadata;
  return {
    ...known,
    problems,
    ...(generation === undefined ? {} : { generation }),
    ...(problems.some(isError) ? {} : { resource: resourceOf(ref, metadata, manifest) }),
  };
}

/** Status and the bookkeeping of the API server stay out: they change without anything to compile anew. */
function resourceOf({ kind }: KnownRef, metadata: Metadata, manifest: Fields): Resource {
  // Only its labels are read; the rest of it is long, and may hold what is nobody's business here.
  if (kind === 'Pod') return deepFreeze({ kind, metadata });
  const { apiVersion: _apiVersion, status: _status, ...members } = manifest;
  // Its schema holds: what the type says of the members is what was checked.
  return deepFreeze({ ...members, kind, metadata }) as unknown as Resource;
}

function versionProblems(kind: ManifestKind, ref: KnownRef, { apiVersion }: Fields): Problem[] {
  const accepted = apiVersionOf(kind);
  if (apiVersion === accepted) return [];
  const message = explainProblem(foundValue(apiVersion, []), accepted);
  const reason = apiVersion === undefined ? 'MissingField' : 'InvalidValue';
  return [{ ref, reason, severity: 'error', path: 'apiVersion', message }];
}

function schemaProblems(ref: KnownRef, manifest: Fields): readonly Problem[] {
  const { root, check } = manifestSchema(ref.kind);
  const errors = check(manifest);
  if (errors.length > 0) {
    return listed(ref, 'error', errors, (error) => problemTexts(error, manifest, root));
  }
  const fields = unsupportedFields(root, manifest);
  return listed(ref, 'warning', fields, ({ segments, description }) => {
    const path = manifestPath(segments);
    const message = `known, but not enforced yet. ${description}`;
    return [{ reason: 'Unsupported', path, message }];
  });
}

function listed<T>(
  ref: KnownRef,
  severity: Problem['severity'],
  mistakes: readonly T[],
  textsOf: (mistake: T) => readonly ProblemText[],
): readonly Problem[] {
  const texts = mistakes.slice(0, maxProblems).flatMap(textsOf);
  const rest = mistakes.length - maxProblems;
  const problems = texts.map((text): Problem => ({ ref, severity, ...text }));
  if (rest <= 0) return problems;
  const message = `manifest: ${rest} more problems are not listed`;
  return [...problems, { ref, severity, reason: 'Malformed', path: '', message }];
}

/** What is read of metadata; the API server's own members do not count when they have another type than it gives them. */
function metadataOf({ name, namespace }: KnownRef, fields: Fields): Metadata {
  const { uid, generation, creationTimestamp, labels, annotations } = fields;
  return {
    name,
    namespace,
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof generation === 'number' ? { generation } : {}),
    ...(typeof creationTimestamp === 'string' ? { creationTimestamp } : {}),
    ...(isObject(labels) ? { labels: labels as Readonly<Record<string, string>> } : {}),
    ...(isObject(annotations)
      ? { annotations: annotations as Readonly<Record<string, string>> }
      : {}),
  };
}

function malformed(ref: ResourceRef, found: string): Problem {
  const message = `manifest: found ${found}`;
  return { ref, reason: 'Malformed', severity: 'error', path: '', message };
}

/** Unquoted, some names are read as something else: `n` is false in YAML 1.1, `1` a number. */
function nameless(ref: ResourceRef, name: unknown): Problem {
  const accepted =
    'the name of the resource, as text (in quotes where it looks like something else)';
  const message = explainProblem(foundValue(name, []), accepted);
  const reason = name === undefined ? 'MissingField' : 'InvalidValue';
  return { ref, reason, severity: 'error', path: 'metadata.name', message };
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

function isObject(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
