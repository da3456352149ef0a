import { describe, expect, it } from '@jest/globals';
import { compileYaml, echo, localProvider, toEcho, withSpec } from '../../support/resources.ts';

function service(route: object, options: object = {}): string {
  const virtualHost = { options, routes: [{ ...toEcho, ...route }] };
  return echo + withSpec('VirtualService', 'web', { virtualHost });
}

const settings = withSpec('Settings', 'default', { gloo: { regexMaxProgramSize: 10 } });

describe('checkRegex', () => {
  it.each([
    ['a'.repeat(1024), '', []],
    ['a'.repeat(1025), '', ['has 1025 characters, the limit is 1024']],
    ['a'.repeat(11), settings, ['has 11 characters, the limit is 10']],
    ['', '', ['it is empty']],
    ['(?!a)', '', ['invalid or unsupported Perl syntax', 'found "(?!a)"']],
    ['(a)\\1', '', ['invalid escape sequence']],
  ])('case %#', async (regex, more, texts) => {
    const compiled = await compileYaml(service({ matchers: [{ regex }] }) + more);
    const message = compiled.messages('VirtualService/web');
    for (const text of texts) expect(message).toContain(text);
    expect(message === '').toBe(texts.length === 0);
  });

  it('repeats nothing of an expression for a header, which may be a secret', async () => {
    const headers = [{ name: 'x-api-key', value: 'hunter2(', regex: true }];
    const compiled = await compileYaml(service({ matchers: [{ prefix: '/', headers }] }));
    const outcome = compiled.outcome('VirtualService/web');
    expect(outcome.state).toBe('Rejected');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect(compiled.messages('VirtualService/web')).toContain('missing closing )');
  });

  it('nor of one for a claim', async () => {
    const jwtPrincipal = { claims: { team: 'hunter2(' }, matcher: 'REGEX_MATCH' };
    const compiled = await compileYaml(
      service(
        {},
        {
          jwt: { providers: { kc: localProvider } },
          rbac: { policies: { p: { principals: [{ jwtPrincipal }] } } },
        },
      ),
    );
    const outcome = compiled.outcome('VirtualService/web');
    expect(outcome.conditions[0]?.reason).toBe('InvalidRegex');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});
