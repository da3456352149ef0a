import { describe, expect, it } from '@jest/globals';
import { compileYaml, withSpec, type Compiled } from '../../support/resources.ts';

async function compileRedirect(redirectAction: object): Promise<Compiled> {
  const virtualHost = { routes: [{ redirectAction }] };
  return compileYaml(withSpec('VirtualService', 'web', { virtualHost }));
}

const at = 'spec.virtualHost.routes[0].redirectAction';

describe('compileRedirect', () => {
  it.each([
    [{}, { status: 301, https: false, stripQuery: false }],
    [{ responseCode: 'FOUND' }, { status: 302 }],
    [{ responseCode: 2 }, { status: 303 }],
    [{ responseCode: 'TEMPORARY_REDIRECT' }, { status: 307 }],
    [{ responseCode: 'PERMANENT_REDIRECT' }, { status: 308 }],
    [
      { hostRedirect: 'b.com', portRedirect: 8443, httpsRedirect: true, stripQuery: true },
      { host: 'b.com', port: 8443, https: true, stripQuery: true },
    ],
    [{ pathRedirect: '/new' }, { path: { kind: 'replace', value: '/new' } }],
    [{ prefixRewrite: '/v2' }, { path: { kind: 'prefix', value: '/v2' } }],
    [
      { regexRewrite: { pattern: { regex: '^/a(.*)' }, substitution: '/b\\1' } },
      { path: { kind: 'regex', pattern: '^/a(.*)', substitution: '/b\\1' } },
    ],
  ])('%j', async (spec, action) => {
    const compiled = await compileRedirect(spec);
    expect(compiled.findings('VirtualService/web')).toEqual([]);
    expect(compiled.route('web').action).toMatchObject({ kind: 'redirect', ...action });
  });

  it('leaves out what is empty or zero, as protobuf does', async () => {
    const compiled = await compileRedirect({ hostRedirect: '', portRedirect: 0 });
    expect(compiled.route('web').action).toEqual({
      kind: 'redirect',
      status: 301,
      https: false,
      stripQuery: false,
    });
  });

  it.each([
    [{ regexRewrite: { pattern: { regex: '(' } } }, 'InvalidRegex', 'regexRewrite.pattern.regex'],
    [{ regexRewrite: {} }, 'InvalidRegex', 'regexRewrite.pattern.regex'],
    [{ hostRedirect: 'a\r\nset-cookie: x' }, 'InvalidRoute', 'hostRedirect'],
    [{ pathRedirect: '/a b' }, 'InvalidRoute', 'pathRedirect'],
    [{ prefixRewrite: '/a\n' }, 'InvalidRoute', 'prefixRewrite'],
    [
      { regexRewrite: { pattern: { regex: '.*' }, substitution: ' ' } },
      'InvalidRoute',
      'regexRewrite.substitution',
    ],
  ])('refuses %j', async (spec, reason, path) => {
    const compiled = await compileRedirect(spec);
    expect(compiled.findings('VirtualService/web')).toEqual([`error ${reason} ${at}.${path}`]);
  });
});
