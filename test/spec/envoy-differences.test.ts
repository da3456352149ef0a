import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

import { storyNames } from '../support/golden-files.ts';
import { readRequests } from '../support/golden-story.ts';

/** Entries of the page: names, each with the stories that it says hold it. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync('docs/reference/envoy-differences.md', 'utf8');
  const sections = page.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const golden = /^- Golden: (.*)$/m.exec(section)?.[1] ?? '';
      return [namesIn(section.split('\n', 1)[0] ?? '')[0] ?? '', namesIn(golden).toSorted()];
    }),
  );
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([a-z0-9-]+)`/g)].map(([, name = '']) => name);
}

/** Names that requests of stories use, each with its stories. */
function used(): ReadonlyMap<string, readonly string[]> {
  const stories = new Map<string, string[]>();
  for (const story of storyNames()) {
    const names = readRequests(story).requests.flatMap(({ expect: { stricterThanEnvoy } }) =>
      stricterThanEnvoy === undefined ? [] : [stricterThanEnvoy],
    );
    for (const name of new Set(names)) stories.set(name, [...(stories.get(name) ?? []), story]);
  }
  return stories;
}

describe('differences from Envoy', () => {
  it('are documented if and only if a golden case holds them, with the stories that do', () => {
    const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
      a < b ? -1 : 1;
    expect([...documented()].sort(byName)).toEqual([...used()].sort(byName));
  });

  it('say what Envoy does, what seekgate does, and why', () => {
    const page = readFileSync('docs/reference/envoy-differences.md', 'utf8');
    const sections = page.split(/^### /m).slice(1);
    const incomplete = sections.filter((section) =>
      ['Envoy', 'seekgate', 'Why', 'Golden'].some((word) => !section.includes(`\n- ${word}: `)),
    );
    expect(sections.length).toBeGreaterThan(20);
    expect(incomplete).toEqual([]);
  });
});
