import { describe, expect, it } from '@jest/globals';
import { checkConflicts, compileDomains, domainKey } from '../../../src/compile/domains.ts';
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
  const owners = new Map([
    [domainKey('one', 'a.com'), 'x.old'],
    [domainKey('two', '*'), 'x.all'],
    [domainKey('three', 'b.com'), 'x.elsewhere'],
  ]);

  it.each([
    [['b.com', 'a.com:80', '*.a.com'], []],
    [
      ['b.com', 'a.com'],
      [
        'domain conflict: the [a.com] domain is present in other virtual services that belong to the same Gateway as this one: [x.old]',
      ],
    ],
    [
      ['*'],
      [
        "domain conflict: other virtual services that belong to the same Gateway as this one don't specify a domain (and thus default to '*'): [x.all]",
      ],
    ],
  ])('%j', (domains, texts) => {
    const findings = createFindings();
    const at = { value: domains, path: 'spec.domains' };
    checkConflicts(at, ['one', 'two'], owners, findings);
    expect(findings.list.map(({ gloo }) => gloo)).toEqual(texts);
    expect(findings.hasErrors()).toBe(texts.length > 0);
  });
});
