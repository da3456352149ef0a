import { describe, expect, it } from '@jest/globals';
import { readYaml, type YamlDocument } from '../../../src/sources/yaml-documents.ts';

function documents(text: string): readonly YamlDocument[] {
  const yaml = readYaml(text);
  if ('error' in yaml) throw new Error(`${yaml.error.line}: ${yaml.error.message}`);
  return yaml.documents;
}

function fault(text: string) {
  const yaml = readYaml(text);
  if ('documents' in yaml) throw new Error('no fault');
  return yaml.error;
}

const manifest = `# a comment
kind: VirtualService
metadata:
  name: x
  labels:
    app.kubernetes.io/name: x
spec:
  virtualHost:
    domains: ["*"]
    routes:
      - matchers:
          - prefix: /
      - name: second
        matchers:
          - prefix: /a
          - regex: (
`;

describe('yaml documents: reading', () => {
  it('gives every document with its line; empty ones are left out', () => {
    const read = documents('a: 1\n---\n# nothing\n---\nb: 2\n---\n\n\n- 3\n');
    expect(read.map(({ value, line }) => ({ value, line }))).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: { b: 2 }, line: 5 },
      { value: [3], line: 9 },
    ]);
  });

  it('gives the items of a kind: List as documents', () => {
    const read = documents(
      'kind: List\napiVersion: v1\nitems:\n- kind: A\n  x: 1\n-\n  kind: B\n  x: {z: 1}\n',
    );
    expect(read.map(({ value, line }) => ({ value, line }))).toEqual([
      { value: { kind: 'A', x: 1 }, line: 4 },
      { value: { kind: 'B', x: { z: 1 } }, line: 7 },
    ]);
    expect(read[1]!.lineOf('x.z')).toBe(8);
  });

  it('reads JSON, indented by tabs or not', () => {
    const read = documents('{\n\t"a": [\n\t\t1,\n\t\t{"b": "x"}\n\t]\n}\n');
    expect(read[0]!.value).toEqual({ a: [1, { b: 'x' }] });
    expect(read[0]!.lineOf('a[1].b')).toBe(4);
  });

  it('takes for a boolean, a date and a merge what kubectl does', () => {
    const [read] = documents('base: &b {x: 1}\na: yes\nb: off\nc: 2020-01-01\nd:\n  <<: *b\n');
    expect(read!.value).toEqual({
      base: { x: 1 },
      a: true,
      b: false,
      c: '2020-01-01',
      d: { x: 1 },
    });
  });

  it('keeps __proto__ an ordinary key', () => {
    const [read] = documents('__proto__: {polluted: true}\n');
    expect(Object.keys(read!.value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('yaml documents: lines', () => {
  const lines: readonly [path: string, line: number][] = [
    ['', 2],
    ['kind', 2],
    ['metadata.labels.app.kubernetes.io/name', 6],
    ['metadata.labels["app.kubernetes.io/name"]', 6],
    ['spec.virtualHost.domains[0]', 9],
    ['spec.virtualHost.routes[0]', 11],
    ['spec.virtualHost.routes[1].name', 13],
    ['spec.virtualHost.routes[1].matchers[1].regex', 16],
    ['spec.virtualHost.routes[1].routeAction.single', 13],
    ['spec.virtualHost.routes[7].matchers', 10],
    ['spec.virtualHostile', 7],
    ['nothing.there', 2],
  ];
  it.each(lines)('of %s', (path, line) => {
    expect(documents(manifest)[0]!.lineOf(path)).toBe(line);
  });

  it('are those of the file, not of the document', () => {
    expect(documents(`a: 1\n---\n${manifest}`)[1]!.lineOf('spec')).toBe(9);
  });
});

describe('yaml documents: faults', () => {
  const nested = `${'['.repeat(65)}${']'.repeat(65)}`;
  const laughs = Array.from({ length: 9 }, (_, level) => {
    const items = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 9 }, () => items).join(', ')}]`;
  }).join('\n');
  const faults: readonly [name: string, text: string, line: number, message: RegExp][] = [
    ['a duplicate key', 'a:\n  b: 1\n  b: 2\n', 3, /duplicated mapping key/],
    ['a duplicate key in JSON', '{"a": 1,\n"a": 2}', 2, /duplicated mapping key/],
    ['a tab as indentation', 'a:\n\tb: 1\n', 2, /tab characters/],
    ['bad indentation', 'a: 1\n b: 2\n', 2, /indentation/],
    ['an open quote in the second document', 'a: 1\n---\nb: "x\n', 4, /./],
    ['an unknown tag', 'a: !!js/function x\n', 1, /unknown scalar tag/],
    ['an unknown alias', 'a: 1\nb: *nobody\n', 2, /alias/],
    ['an alias of itself', 'a: &a\n  b: *a\n', 2, /alias/],
    ['an alias bomb', laughs, 7, /more than 1000000 nodes/],
    ['too deep a nesting', nested, 1, /maxDepth/],
    ['a list as key', '? [a]\n: b\n', 1, /complex keys/],
  ];
  it.each(faults)('%s', (_name, text, line, message) => {
    const found = fault(text);
    expect(found.message).toMatch(message);
    expect(found.line).toBe(line);
  });
});
