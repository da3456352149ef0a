import { describe, expect, it } from '@jest/globals';
import { parseManifestFile, readManifestFile } from '../../../src/sources/manifest-file.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const secret = (name: string, value = 'eA==') =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`;

const parse = (text: string) => parseManifestFile('a.yaml', text, 'default');

describe('manifest file', () => {
  it('gives one entry per document, with its place and the default namespace', () => {
    const file = parse(`${secret('a')}---\n${secret('b')}`);
    expect(file.documents.map(({ entry }) => [entry.ref, entry.origin])).toEqual([
      [{ kind: 'Secret', namespace: 'default', name: 'a' }, 'a.yaml:1'],
      [{ kind: 'Secret', namespace: 'default', name: 'b' }, 'a.yaml:8'],
    ]);
    expect(file).toMatchObject({ malformed: false, empty: false, problems: [] });
  });

  it('says at which line a path of a resource is', () => {
    const [document] = parse(`---\n${secret('a')}`).documents;
    expect(document!.originOf('data.key')).toBe('a.yaml:7');
  });

  it('keeps the other documents when one is of no kind', () => {
    const file = parse(`${secret('a')}---\nmetadata: {name: x}\n---\n${secret('b')}`);
    expect(file.documents).toHaveLength(2);
    expect(file.problems).toEqual([
      { origin: 'a.yaml:8', problem: expect.objectContaining({ reason: 'MissingField' }) },
    ]);
  });

  it('has nothing of a file that is no YAML, and says where and why', () => {
    const file = parse(`${secret('a')}---\na: 1\na: 2\n`);
    expect(file).toMatchObject({ malformed: true, empty: false, documents: [] });
    expect(file.problems).toEqual([
      {
        origin: 'a.yaml:9',
        problem: {
          ref: { kind: 'File', namespace: '', name: 'a.yaml' },
          severity: 'error',
          reason: 'Malformed',
          path: '',
          message: 'duplicated mapping key',
        },
      },
    ]);
  });

  it.each(['', '\n', '# only a comment\n', '---\n'])('knows an empty file: %j', (text) => {
    expect(parse(text)).toMatchObject({ malformed: false, empty: true, documents: [] });
  });

  it('hashes what generation counts: all but metadata', () => {
    const hashOf = (text: string) => parse(text).documents[0]!.contentHash;
    expect(hashOf(secret('a'))).toBe(hashOf(`# moved\n${secret('b')}`));
    expect(hashOf(secret('a'))).not.toBe(hashOf(secret('a', 'eQ==')));
  });

  it('reads no file that is larger than any manifest', async () => {
    using folder = createTempFolder();
    await folder.write('big.yaml', `# ${'x'.repeat(4 * 1024 * 1024)}\n`);
    const file = await readManifestFile(folder.pathOf('big.yaml'), 'default');
    expect(file.malformed).toBe(true);
    expect(file.problems[0]!.problem.message).toBe(
      'file too large: found 4194307 bytes, accepted 4194304 at most',
    );
  });

  it('says so when a file cannot be read', async () => {
    using folder = createTempFolder();
    const file = await readManifestFile(folder.pathOf('none.yaml'), 'default');
    expect(file.malformed).toBe(true);
    expect(file.problems[0]!.problem.message).toMatch(/cannot be read: .*ENOENT/);
  });
});
