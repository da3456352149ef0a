import { describe, expect, it } from '@jest/globals';
import type { PathMatch } from '../../../src/ir/matcher.ts';
import { compileRegex, rewriteRegex } from '../../../src/rbac/regex.ts';
import { modelServerPath, rewrittenPath } from '../../../src/dataplane/upstream-path.ts';
import { pathRewrite } from '../../../src/xds/path-rewrite.ts';

const prefix = (value: string, caseSensitive = true): PathMatch => ({
  kind: 'prefix',
  value,
  caseSensitive,
});
const exact = (value: string): PathMatch => ({ kind: 'exact', value, caseSensitive: true });

interface Rewrite {
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: {
    readonly pattern: { readonly regex: string };
    readonly substitution: string;
  };
}

/** What Envoy's documentation says it does with these fields. */
function byEnvoy(path: string, match: PathMatch, fields: Rewrite): string {
  if (fields.prefix_rewrite !== undefined) {
    return fields.prefix_rewrite + (match.kind === 'prefix' ? path.slice(match.value.length) : '');
  }
  if (fields.regex_rewrite === undefined) return path;
  const { pattern, substitution } = fields.regex_rewrite;
  compileRegex(pattern.regex);
  return rewriteRegex(pattern.regex, substitution, path);
}

const paths = ['/api', '/api/x', '/api//x', '/v1', '/v1/', '/v1/chat', '/v12', '/a.i/v1/x'];
const backend = { provider: 'openai', credential: { kind: 'none' }, authority: 'm.test' } as const;

const cases: readonly [string, PathMatch, string | undefined, object | undefined][] = [
  ['nothing', prefix('/'), undefined, undefined],
  ['a prefix', prefix('/api'), '/new', undefined],
  ['a prefix without its slash', prefix('/api'), 'new', undefined],
  ['an empty rewrite', prefix('/api'), '', undefined],
  ['an exact path', exact('/api'), '/new', undefined],
  ['an exact path by nothing', exact('/api'), '', undefined],
  ['a full path', prefix('/'), undefined, { fullPath: '/all\\1' }],
  ['a base', prefix('/'), undefined, { basePath: '/api/openai/' }],
  ['a base that is the root', prefix('/'), undefined, { basePath: '/' }],
  ['a base behind a rewrite to /v1', prefix('/api'), '/v1', { basePath: '/base' }],
  ['a base behind a longer rewrite', prefix('/api'), '/v1/x', { basePath: '/base' }],
  ['a base behind the rewrite of an exact path', exact('/api'), '/v1/x', { basePath: '/base' }],
];

describe('pathRewrite', () => {
  it.each(cases)('%s', (_name, match, rewrite, model) => {
    const llm = model && { ...backend, ...model };
    const fields = pathRewrite(match, rewrite === undefined ? {} : { prefixRewrite: rewrite }, llm);
    if (typeof fields === 'string') throw new Error(fields);
    const matching = paths.filter((path) =>
      match.kind === 'exact' ? path === match.value : path.startsWith(match.value),
    );
    const wanted = matching.map((path) => {
      const own = rewrite === undefined ? path : rewrittenPath(path, match, rewrite);
      return llm ? modelServerPath(own, llm) : own;
    });
    expect(matching.length).toBeGreaterThan(0);
    expect(matching.map((path) => byEnvoy(path, match, fields))).toEqual(wanted);
  });

  it('takes a prefix in any case where the match does', () => {
    const match = prefix('/api', false);
    expect(
      byEnvoy('/API/x', match, pathRewrite(match, { prefixRewrite: '' }, undefined) as Rewrite),
    ).toBe('/x');
  });

  it('says what it cannot do', () => {
    const llm = { ...backend, basePath: '/base' };
    expect(pathRewrite(prefix('/api'), { prefixRewrite: '/' }, llm)).toContain('basePath');
  });
});
