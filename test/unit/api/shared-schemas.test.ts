import { describe, expect, it } from '@jest/globals';
import { coreKinds, kinds } from '../../../src/api/kinds.ts';
import { manifestSchema } from '../../../src/api/manifest-schema.ts';
import { schemaNode, type SchemaNode } from '../../../src/api/schema-node.ts';
import { list, map, obj, opt, str } from '../../../src/api/schema.ts';
import { withSharedSchemas } from '../../../src/api/shared-schemas.ts';

const inner = obj('Inner.', { a: opt(str('A.')) });
const outer = obj('Outer.', { inner: opt(inner) });

/** Puts the shared schemas back where they are referred to. */
function whole(node: SchemaNode, defs: Readonly<Record<string, object>>): unknown {
  const text = JSON.stringify(node, (_name, value: unknown) => {
    const { $ref } = (value ?? {}) as { readonly $ref?: string };
    return $ref === undefined ? value : defs[$ref.replace('#/$defs/', '')];
  });
  return JSON.parse(text);
}

describe('withSharedSchemas', () => {
  it('writes once what occurs in members, lists and maps', () => {
    const schema = obj('All.', {
      one: opt(outer),
      two: opt(list('Outers.', outer)),
      three: opt(map('Outers by name.', outer)),
    });
    const shared = withSharedSchemas(schemaNode(schema));
    expect(Object.keys(shared.$defs)).toEqual(['shared0']);
    expect(shared.properties).toMatchObject({
      one: { $ref: '#/$defs/shared0' },
      two: { type: 'array', items: { $ref: '#/$defs/shared0' } },
      three: { type: 'object', additionalProperties: { $ref: '#/$defs/shared0' } },
    });
  });

  it('leaves a schema without repetitions as it is', () => {
    const { $defs, ...rest } = withSharedSchemas(schemaNode(outer));
    expect([rest, $defs]).toEqual([schemaNode(outer), {}]);
  });

  it.each([...kinds, ...coreKinds].map(({ kind }) => kind))('says the same of %s', (kind) => {
    const { root } = manifestSchema(kind);
    const { $defs, ...rest } = withSharedSchemas(root);
    expect(whole(rest, $defs)).toEqual(JSON.parse(JSON.stringify(root)));
  });
});
