import type { CustomResourceDefinition } from '../api/crd.ts';
import type { KubeObject } from './kube-object.ts';

/**
 * The kind whose objects hold copies of accepted resources. It is no kind that people write: it is not validated, watched or
 * documented with those, and none of the roles that Kubernetes brings lets anybody read it.
 */
export const keptVersionsKind = {
  group: 'seekgate.io',
  version: 'v1',
  kind: 'KeptVersions',
  plural: 'keptversions',
} as const;

/** One of the objects; unchecked until `readShard` has seen it. */
export interface KeptVersionsBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: { readonly resources: number; readonly contents: string };
}

/** Path of the objects in a namespace, or of one of them. */
export function keptVersionsPath(namespace: string, name?: string): string {
  const { group, version, plural } = keptVersionsKind;
  const collection = `/apis/${group}/${version}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  return name === undefined ? collection : `${collection}/${name}`;
}

/** What is sent to create an object, or with `resourceVersion` to replace one. */
export function keptVersionsBody(
  place: { readonly namespace: string; readonly name: string },
  spec: KeptVersionsBody['spec'],
  stored?: Pick<KubeObject['metadata'], 'resourceVersion'>,
): KeptVersionsBody {
  const { group, version, kind } = keptVersionsKind;
  const labels = { 'app.kubernetes.io/managed-by': 'seekgate' };
  const metadata = { ...place, labels, ...stored };
  return { apiVersion: `${group}/${version}`, kind, metadata, spec };
}

/** Its CustomResourceDefinition. */
export function createKeptVersionsCrd(): CustomResourceDefinition {
  const { group, version, kind, plural } = keptVersionsKind;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: plural },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: [
            { name: 'Resources', type: 'integer', jsonPath: '.spec.resources' },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

const schema = {
  type: 'object',
  description:
    'Copies of the last accepted versions of resources. The controller writes them and reads them when it starts; nobody edits them.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      required: ['resources', 'contents'],
      properties: {
        resources: { type: 'integer', minimum: 0, description: 'How many copies there are.' },
        contents: {
          type: 'string',
          maxLength: 1_048_576,
          description: 'Base64 of the gzip of a JSON array of manifests.',
        },
      },
    },
  },
};
