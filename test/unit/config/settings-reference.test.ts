import { describe, expect, it } from '@jest/globals';
import { settingSchemas } from '../../../src/config/process-settings.ts';
import { settingsReference, settingsUsage } from '../../../src/config/settings-reference.ts';

describe('settings reference', () => {
  it('has one row for every setting: flag, variable, default, what it takes, what it means', () => {
    const rows = settingsReference()
      .split('\n')
      .filter((line) => line.startsWith('| `--'));
    expect(rows).toHaveLength(settingSchemas.size);
    expect(rows).toContain(
      '| `--access-log` | `SEEKGATE_ACCESS_LOG` | `on` | on or off | One line per request in the log. |',
    );
  });

  it('is short in the usage of run', () => {
    expect(settingsUsage()).toMatch(/^ {2}--admin-port +Port of the admin .* Default: 9901\.$/m);
  });

  it('tells the defaults that a cluster changes', () => {
    expect(settingsReference()).toMatch(
      /^\| `--allow-local-upstreams` .* \| `loopback`; with `--kube` `off` \| off, loopback, on \|/m,
    );
  });

  it('describes every setting', () => {
    for (const schema of settingSchemas.values()) {
      expect(schema.description).toMatch(/\.$/);
    }
  });
});
