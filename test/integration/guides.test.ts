import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';

import { installEnvoy } from '../../hack/envoy.ts';
import { startKube } from '../support/kube.ts';
import { looksLike, readGuide } from '../support/guide.ts';
import { runGuide } from '../support/guide-runner.ts';

const guides = globSync('docs/guides/*.md').sort();
const runnable = guides.filter((path) => readGuide(readFileSync(path, 'utf8')).length > 0);

describe('guides', () => {
  it('are there, and some of them have commands', () => {
    expect(guides.length).toBeGreaterThanOrEqual(4);
    expect(runnable).toEqual(
      expect.arrayContaining(['docs/guides/seed-walkthrough.md', 'docs/guides/tokens.md']),
    );
  });

  it.each(runnable)(
    '%s does what it says',
    async (path) => {
      const guide = readFileSync(path, 'utf8');
      const kube = path.startsWith('docs/guides/kubernetes') ? await startKube() : undefined;
      try {
        const envoy = path.endsWith('/envoy.md') ? { envoy: installEnvoy() } : {};
        expect(await runGuide(guide, { ...kube, ...envoy })).toBeGreaterThan(0);
      } finally {
        await kube?.stop();
      }
    },
    180_000,
  );
});

describe('running a guide', () => {
  it('fails, with the line, on another output, on an exit code and on a program that ends', async () => {
    const guide = (info: string, command: string) =>
      `# A\n\n\`\`\`${info}\n${command}\n\`\`\`\n\n\`\`\`text\none\n\`\`\`\n`;
    expect(await runGuide(guide('sh', 'echo one'))).toBe(1);
    await expect(runGuide(guide('sh', 'echo two'))).rejects.toThrow(
      /^line 3: printed something else/,
    );
    await expect(runGuide(guide('sh', 'echo one; exit 3'))).rejects.toThrow(
      /^line 3: ended with 3/,
    );
    await expect(runGuide(guide('sh background', 'true'))).rejects.toThrow(/^line 3: ended with 0/);
  });

  it.each([
    ['a\nb\n', 'a\nb\n', true],
    ['a…c', 'abc', true],
    ['a…c', 'a\nc', false],
    ['a\n…\nd\n', 'a\nb\nc\nd\n', true],
    ['a\n…\nd\n', 'a\nb\nc\n', false],
    ['a.c', 'abc', false],
    ['a\n', 'a\nb\n', false],
  ])('%j looks like %j: %s', (expected, actual, verdict) => {
    expect(looksLike(expected, actual)).toBe(verdict);
  });
});
