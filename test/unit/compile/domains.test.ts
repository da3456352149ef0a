import { describe, expect, it } from '@jest/globals';
import { checkConflicts, compileDomains, ownDomains } from '../../../src/compile/domains.ts';
import { createFindings } from '../../../src/compile/findings.ts';

function compiled(value: readonly string[]) {
  const findings = createFindings();
  const domains = compileDomains({ value, path: 'spec.domains' }, 'default.web', findings);
  return { domains, found: findings.list.map(({ reason, path }) => `${reason} ${path}`), findings };
}

describe('compileDomains', () => {
  it.each([
    [[], ['*']],
    [[''], ['*']],
    [['*'], ['*']],
    [['A.Example.COM'], ['a.example.com']],
    [
      ['a.com', 'a.com:8080'],
      ['a.com', 'a.com:8080'],
    ],
    [
      ['a.com.', 'b.com.:80'],
      ['a.com', 'b.com:80'],
    ],
    [
      ['*.a.com', '*-a.com', 'a.*', 'a-*'],
      ['*.a.com', '*-a.com', 'a.*', 'a-*'],
    ],
    [['*.a.com:80'], ['*.a.com:80']],
    [
      ['10.0.0.1', '[2001:DB8::1]:443'],
      ['10.0.0.1', '[2001:db8::1]:443'],
    ],
    [['a_b.com'], ['a_b.com']],
  ])('%j', (written, domains) => {
    expect(compiled(written)).toMatchObject({ domains, found: [] });
  });

  it.each(['a b', 'a.com/x', 'https://a.com', 'a*b', '**', '*.*', 'a.com:http', '*a.com', 'ä.com'])(
    'refuses %j',
    (domain) => {
      expect(compiled(['ok.com', domain]).found).toEqual(['InvalidDomain spec.domains[1]']);
    },
  );

  it('refuses an empty one among others, in the words of Gloo', () => {
    const { found, findings } = compiled(['a.com', '']);
    expect(found).toEqual(['InvalidDomain spec.domains[1]']);
    expect(findings.list[0]?.gloo).toBe('virtual host default.web has an empty domain');
  });

  it.each([
    [['a.com', 'A.com'], 1],
    [['a.com', 'b.com', 'a.com.'], 2],
  ])('refuses the same twice: %j', (written, index) => {
    expect(compiled(written).found).toEqual([`DomainConflict spec.domains[${index}]`]);
  });
});

describe('checkConflicts', () => {
  const domainOwners = new Map<string, string>();
  const own = (owner: string, listener: string, ...domains: string[]) =>
    ownDomains(domains, [listener], { owner, domainOwners });
  own('x.old', 'one', 'a.com');
  own('x.all', 'two', '*');
  own('x.elsewhere', 'three', 'b.com', 'd.com:80');
  own('x.ported', 'one', 'c.com:80', '*.c.com:80');
  own('y.ported', 'two', 'c.com:81', '[::1]:80');

  const textOf = (domain: string, owners: string) =>
    `domain conflict: the [${domain}] domain is present in other virtual services that belong to the same Gateway as this one: [${owners}]`;

  function check(domains: readonly string[], namespace: string) {
    const findings = createFindings();
    const at = { value: domains, path: 'spec.domains' };
    checkConflicts(at, ['one', 'two'], { context: { domainOwners }, namespace }, findings);
    return findings;
  }

  it.each([
    [['b.com', 'd.com', '*.a.com', 'c.com:82', '*.c.com:81', '[::1]:81', '*.com'], []],
    [['b.com', 'a.com'], [textOf('a.com', 'x.old')]],
    [
      ['*'],
      [
        "domain conflict: other virtual services that belong to the same Gateway as this one don't specify a domain (and thus default to '*'): [x.all]",
      ],
    ],
    // Whoever had the one would get the requests to the other.
    [['a.com:80'], [textOf('a.com:80', 'x.old')]],
    [['c.com'], [textOf('c.com', 'x.ported y.ported')]],
    [['c.com:80'], [textOf('c.com:80', 'x.ported')]],
    [['*.c.com'], [textOf('*.c.com', 'x.ported')]],
    [['[::1]'], [textOf('[::1]', 'y.ported')]],
  ])('%j', (domains, texts) => {
    const findings = check(domains, 'other');
    expect(findings.list.map(({ gloo }) => gloo)).toEqual(texts);
    expect(findings.hasErrors()).toBe(texts.length > 0);
  });

  it.each([
    [['a.com:80'], 'x', []],
    [['*.c.com'], 'x', []],
    [['c.com'], 'x', [textOf('c.com', 'y.ported')]],
    [['c.com:80'], 'x', [textOf('c.com:80', 'x.ported')]],
  ])('%j of namespace %s, which may have both', (domains, namespace, texts) => {
    expect(check(domains, namespace).list.map(({ gloo }) => gloo)).toEqual(texts);
  });

  it('says which of both is there', () => {
    expect(check(['a.com:80', 'c.com'], 'other').list.map(({ message }) => message)).toEqual([
      expect.stringContaining('found "a.com:80", which x.old has without the port, accepted'),
      expect.stringContaining('found "c.com", which x.ported y.ported has with a port, accepted'),
    ]);
  });
});
