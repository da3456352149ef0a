import { describe, expect, it } from '@jest/globals';
import { createCrd } from '../../../src/api/crd.ts';
import { kinds } from '../../../src/api/kinds.ts';

/** Kubernetes refuses more annotations than this, and client-side apply keeps the whole object in one. */
const maxAnnotationBytes = 262_144;

describe.each(kinds.map((definition) => [definition.kind, definition] as const))(
  'the CRD of %s',
  (_kind, definition) => {
    const crd = createCrd(definition);

    it('has the names of its kind', () => {
      const { group, plural, singular, shortNames, kind } = definition;
      expect(crd.metadata.name).toBe(`${plural}.${group}`);
      expect(crd.spec).toMatchObject({
        group,
        scope: 'Namespaced',
        names: { kind, plural, singular, shortNames, categories: ['gloo-gateway'] },
      });
    });

    it('has one version with a status of its own and columns that end in the age', () => {
      const version = {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: expect.arrayContaining([
          expect.objectContaining({ name: 'Accepted' }),
          expect.objectContaining({ name: 'Age', type: 'date' }),
        ]),
      };
      expect(crd.spec['versions']).toEqual([expect.objectContaining(version)]);
    });

    it('is small enough for client-side apply', () => {
      expect(Buffer.byteLength(JSON.stringify(crd))).toBeLessThan(maxAnnotationBytes * 0.8);
    });
  },
);
