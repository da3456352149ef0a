import { describe, expect, it } from '@jest/globals';
import { translateCommand } from '../../../src/cli/translate-command.ts';
import { runCommand } from '../../support/command-run.ts';

const translate = (...args: string[]) => runCommand(translateCommand, args);

describe('translate', () => {
  it('prints a bootstrap, and on stderr what it needs', async () => {
    const { code, stdout, stderr } = await translate(
      'test/golden/seed-with-deepseek/in.yaml',
      '-o',
      'envoy',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('static_resources.listeners.0.name', 'default');
    expect(stderr).toContain('envoy: needs the variable SEEKGATE_DEFAULT_DEEPSEEK_KEY');
    expect(stdout + stderr).not.toContain('sk-golden');
  });

  it('writes secrets when asked to', async () => {
    const { stdout } = await translate(
      'test/golden/seed-with-deepseek/in.yaml',
      '-o',
      'envoy',
      '--with-secrets',
    );
    expect(stdout).toContain('Bearer sk-golden-0123456789');
  });

  it('exits with 1 when manifests have errors, and says what is closed', async () => {
    const broken = await translate('test/golden/invalid-routes-rejected/in.yaml', '-o', 'envoy');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain(': error: ');
    const closed = await translate('test/golden/llm-model-override/in.yaml', '-o', 'envoy');
    expect(closed.stderr).toContain('envoy: closed: virtual host default.api, route unnamed-0: ');
  });

  it.each([
    ['no files', ['-o', 'envoy'], /no files/],
    ['no form', ['test/golden/redirects/in.yaml'], /--output: found nothing, accepted envoy/],
    ['another form', ['x', '-o', 'nginx'], /found nginx/],
  ])('refuses %s', async (_name, args, message) => {
    await expect(translate(...args)).rejects.toThrow(message);
  });
});
