import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const compiled = (options: object) =>
  compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: { routes: [{ ...toEcho, options }] },
      }),
  );
const regex = (pattern: string, substitution: string) => ({
  pattern: { regex: pattern },
  substitution,
});

describe('compileRewrites', () => {
  it.each([
    [
      { regexRewrite: regex('(a)(?:b)', '\\1\\0\\\\') },
      { regexRewrite: { pattern: '(a)(?:b)', substitution: '\\1\\0\\\\' } },
    ],
    [
      { hostRewrite: 'a.test:81', appendXForwardedHost: true },
      { host: { to: { kind: 'literal', value: 'a.test:81' }, appendForwarded: true } },
    ],
    [{ autoHostRewrite: true }, { host: { to: { kind: 'endpoint' }, appendForwarded: false } }],
    [
      { hostRewriteHeader: 'X-To' },
      { host: { to: { kind: 'header', name: 'x-to' }, appendForwarded: false } },
    ],
    [
      { hostRewritePathRegex: regex('^/(.*)$', '\\1') },
      {
        host: {
          to: { kind: 'path', pattern: '^/(.*)$', substitution: '\\1' },
          appendForwarded: false,
        },
      },
    ],
  ])('%j', async (options, action) => {
    const result = await compiled(options);
    expect(result.findings('VirtualService/web')).toEqual([]);
    expect(result.route('web').action).toMatchObject(action);
  });

  it('leaves nothing where nothing is rewritten', async () => {
    const { action } = (await compiled({ autoHostRewrite: false })).route('web');
    expect(Object.keys(action).sort()).toEqual(['destinations', 'kind', 'timeoutMs']);
  });

  it.each([
    [{ prefixRewrite: '/a', regexRewrite: regex('a', 'b') }, 'ConflictingFields', 'regexRewrite'],
    [{ prefixRewrite: '/a b' }, 'InvalidRoute', 'prefixRewrite'],
    [{ regexRewrite: regex('', 'b') }, 'InvalidRegex', 'regexRewrite.pattern.regex'],
    [{ regexRewrite: regex('(a)[(]', '\\2') }, 'InvalidRoute', 'regexRewrite.substitution'],
    [{ regexRewrite: regex('a', '\\x') }, 'InvalidRoute', 'regexRewrite.substitution'],
    [{ regexRewrite: regex('a', 'b#') }, 'InvalidRoute', 'regexRewrite.substitution'],
    [{ regexRewrite: regex('a', 'b c') }, 'InvalidRoute', 'regexRewrite.substitution'],
    [{ hostRewrite: 'a/b' }, 'InvalidRoute', 'hostRewrite'],
    [{ hostRewriteHeader: 'a b' }, 'InvalidRoute', 'hostRewriteHeader'],
    [
      { hostRewritePathRegex: regex('(', 'b') },
      'InvalidRegex',
      'hostRewritePathRegex.pattern.regex',
    ],
  ])('refuses %j', async (options, reason, path) => {
    const result = await compiled(options);
    expect(result.findings('VirtualService/web')).toEqual([
      `error ${reason} spec.virtualHost.routes[0].options.${path}`,
    ]);
  });
});
