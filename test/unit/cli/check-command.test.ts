import { describe, expect, it } from '@jest/globals';
import { checkCommand } from '../../../src/cli/check-command.ts';
import { runCommand } from '../../support/command-run.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

function virtualService(name: string, body = ''): string {
  return `apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: {name: ${name}}
spec:
  virtualHost:
    domains: [${name}.example]
${body}    routes:
      - matchers: [{prefix: /}]
        directResponseAction: {status: 200}
`;
}

const good = virtualService('good');

async function check(folder: TempFolder, ...args: string[]) {
  const { code, stdout } = await runCommand(checkCommand, [folder.path, ...args]);
  return { code, text: stdout.replaceAll(`${folder.path}/`, '') };
}

const upstream = (spec: string) =>
  `apiVersion: gloo.solo.io/v1\nkind: Upstream\nmetadata: {name: u}\nspec: ${spec}\n`;

const bad: readonly [name: string, text: string, line: RegExp][] = [
  [
    'malformed YAML',
    'kind: VirtualService\n metadata: {name: m}\n',
    /^bad\.yaml:2: error: bad indentation/,
  ],
  [
    'a duplicate key',
    'kind: VirtualService\nkind: Upstream\n',
    /^bad\.yaml:2: error: duplicated mapping key$/,
  ],
  [
    'an unknown field',
    virtualService('bad', '    option: {}\n'),
    /^bad\.yaml:7: error: VirtualService default\/bad: spec\.virtualHost\.option: unknown field, did you mean options$/,
  ],
  [
    'a wrong type',
    virtualService('bad').replace('[bad.example]', 'bad.example'),
    /^bad\.yaml:6: error: VirtualService default\/bad: spec\.virtualHost\.domains: found "bad\.example", accepted a list$/,
  ],
  [
    'two one-of members',
    `${virtualService('bad')}        redirectAction: {hostRedirect: x.example}\n`,
    /^bad\.yaml:8: error: VirtualService default\/bad: spec\.virtualHost\.routes\[0\]: found .*set exactly one$/,
  ],
  [
    'a bad PEM',
    virtualService(
      'bad',
      '    options: {jwt: {providers: {p: {jwks: {local: {key: "-----BEGIN PUBLIC KEY-----"}}}}}}\n',
    ),
    /^bad\.yaml:7: error: VirtualService default\/bad: spec\.virtualHost\.options\.jwt\.providers\.p\.jwks\.local\.key: /,
  ],
  [
    'a bad regular expression',
    virtualService('bad').replace('{prefix: /}', '{regex: (}'),
    /^bad\.yaml:8: error: VirtualService default\/bad: spec\.virtualHost\.routes\[0\]\.matchers\[0\]\.regex: .*missing closing \)/,
  ],
  [
    'a domain that another has',
    virtualService('zbad').replace('[zbad.example]', '[good.example]'),
    /^bad\.yaml:6: error: VirtualService default\/zbad: spec\.virtualHost\.domains: .*default\.good/,
  ],
  [
    'a missing Upstream',
    virtualService('bad').replace(
      'directResponseAction: {status: 200}',
      'routeAction: {single: {upstream: {name: nowhere}}}',
    ),
    /^bad\.yaml:9: warning: VirtualService default\/bad: spec\.virtualHost\.routes\[0\]\.routeAction\.single\.upstream: .*no Upstream "default\.nowhere"/,
  ],
  [
    'a missing Secret',
    upstream('{ai: {deepseek: {authToken: {secretRef: {name: nowhere}}}}}'),
    /^bad\.yaml:4: warning: Upstream default\/u: spec\.ai\.deepseek\.authToken\.secretRef: .*no Secret "default\.nowhere"/,
  ],
  [
    'a Secret that is no base64',
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  key: "***"\n',
    /^bad\.yaml:5: error: Secret default\/s: data\.key: /,
  ],
  [
    'a resource that is there twice',
    good.replace('kind', '# again\nkind'),
    /^good\.yaml:\d+: error: VirtualService default\/good: metadata\.name: .*defined twice: found bad\.yaml:1 and good\.yaml:1/,
  ],
  [
    'a kind with a slip of the pen',
    good.replace('VirtualService', 'VirtualServce'),
    /^bad\.yaml:2: error: VirtualServce default\/good: kind: found .*did you mean VirtualService/,
  ],
  [
    'a document without a kind',
    'metadata: {name: x}\n',
    /^bad\.yaml:1: error: resource default\/x: /,
  ],
  [
    'a kind of others',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
    /^bad\.yaml:2: warning: ConfigMap default\/c: /,
  ],
];

describe('check: what is wrong, with file and line', () => {
  it.each(bad)('%s', async (_name, text, line) => {
    using folder = createTempFolder();
    await folder.write('good.yaml', good);
    await folder.write('bad.yaml', text);
    const { code, text: printed } = await check(folder);
    const lines = printed.trimEnd().split('\n');
    expect(lines[0]).toMatch(line);
    expect(code).toBe(/: error: /.test(printed) ? 1 : 0);
  });

  it.each(bad.filter(([name]) => name !== 'a resource that is there twice'))(
    '%s does not harm another resource',
    async (_name, text) => {
      using folder = createTempFolder();
      await folder.write('good.yaml', good);
      await folder.write('bad.yaml', text);
      const { text: printed } = await check(folder, '-o', 'json');
      const { outcomes } = JSON.parse(printed) as {
        outcomes: { ref: { name: string }; state: string }[];
      };
      const outcome = outcomes.find(({ ref }) => ref.name === 'good');
      expect(outcome?.state).toBe('Accepted');
    },
  );
});

describe('check', () => {
  it('says so when there is nothing to say', async () => {
    using folder = createTempFolder();
    await folder.write('good.yaml', good);
    expect(await check(folder)).toEqual({
      code: 0,
      text: 'No problems detected. (1 resource)\n',
    });
  });

  it('orders by file and line, and sums up', async () => {
    using folder = createTempFolder();
    await folder.write('b.yaml', virtualService('b', '    option: {}\n'));
    await folder.write('a.yaml', `${good}---\n${virtualService('a', '    option: {}\n')}`);
    const { code, text } = await check(folder);
    expect(code).toBe(1);
    expect(text.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'a.yaml:17:',
      'b.yaml:7:',
      '2',
      '',
    ]);
    expect(text).toMatch(/^2 errors, 0 warnings in 3 resources$/m);
  });

  it('gives JSON: findings with places, and outcomes', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', virtualService('a', '    option: {}\n'));
    const { code, text } = await check(folder, '-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      findings: [
        {
          file: 'a.yaml',
          line: 7,
          severity: 'error',
          reason: 'UnknownField',
          ref: { kind: 'VirtualService', namespace: 'default', name: 'a' },
          path: 'spec.virtualHost.option',
        },
      ],
      outcomes: [{ ref: { name: 'a' }, state: 'Rejected' }],
    });
  });

  it('puts manifests into the namespace it is told', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', virtualService('a', '    option: {}\n'));
    expect((await check(folder, '--namespace', 'apps')).text).toMatch(/VirtualService apps\/a: /);
  });

  it('permits upstreams on this machine unless told otherwise', async () => {
    using folder = createTempFolder();
    await folder.write('a.yaml', upstream('{static: {hosts: [{addr: 127.0.0.1, port: 80}]}}'));
    expect((await check(folder)).code).toBe(0);
    const { code, text } = await check(folder, '--allow-local-upstreams', 'off');
    expect(text).toMatch(/^a\.yaml:4: \w+: Upstream default\/u: spec\.static\.hosts\[0\]\.addr: /);
    expect(code).toBe(/: error: /.test(text) ? 1 : 0);
  });

  it('permits Services of type ExternalName when told to', async () => {
    using folder = createTempFolder();
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: ExternalName, externalName: a.example}\n';
    await folder.write('a.yaml', service);
    await folder.write('b.yaml', upstream('{kube: {serviceName: s, servicePort: 80}}'));
    expect((await check(folder)).text).toContain('an ExternalName Service could point anywhere');
    const { code, text } = await check(folder, '--allow-external-name');
    expect([code, text]).toEqual([0, 'No problems detected. (1 resource)\n']);
  });

  it.each([
    [[], 'found no files'],
    [['.', '-o', 'xml'], '--output: found xml, accepted text, json'],
    [
      ['.', '--allow-local-upstreams', 'yes'],
      '--allow-local-upstreams: found yes, accepted off, loopback, on',
    ],
    [['.', '--nope'], '--nope'],
  ])('refuses %j', async (args, message) => {
    await expect(runCommand(checkCommand, args)).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a path that is not there', async () => {
    await expect(runCommand(checkCommand, ['/nowhere/at/all'])).rejects.toMatchObject({
      code: 'ERR_SOURCE',
      message: expect.stringContaining('/nowhere/at/all'),
    });
  });
});
