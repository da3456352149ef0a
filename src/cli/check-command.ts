import { localAddresses } from '../base/local-addresses.ts';
import { AppError } from '../base/errors.ts';
import { oneOf, parseArguments } from './arguments.ts';
import { checkManifests, findingLine, type CheckResult } from './check-findings.ts';
import type { Command, CommandIo } from './command.ts';

/** `seekgate check`: what `run` would say of manifests, before they serve. */
export const checkCommand: Command = {
  summary: 'find the mistakes in manifests',
  usage: `seekgate check FILES… [-o json] [--namespace NAME] [--allow-local-upstreams off|loopback|on]
                       [--allow-external-name]

Reads folders and files of manifests and says what is wrong with them, with file and line. Exits
with 1 when there are errors, with 0 when there are only warnings. Nothing is fetched: whether
keys can be had from a URL shows at run time.

  -o, --output text|json         how to say it (default text)
  --namespace NAME               of manifests that name none (default default)
  --allow-local-upstreams SCOPE  as for run: off, loopback (default) or on
  --allow-external-name          as for run: take Services of type ExternalName
`,
  run: async (args, io) => {
    const { values, positionals } = parseArguments({
      args: [...args],
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o', default: 'text' },
        namespace: { type: 'string', default: 'default' },
        'allow-local-upstreams': { type: 'string', default: 'loopback' },
        'allow-external-name': { type: 'boolean', default: false },
      },
    });
    if (positionals.length === 0) {
      throw new AppError('ERR_USAGE', 'check: found no files, accepted folders and files');
    }
    const output = oneOf('--output', values.output, ['text', 'json']);
    const local = oneOf('--allow-local-upstreams', values['allow-local-upstreams'], localAddresses);
    const result = await checkManifests({
      paths: positionals,
      namespace: values.namespace,
      allowLocalUpstreams: local,
      allowExternalName: values['allow-external-name'],
    });
    if (output === 'json') io.stdout(`${JSON.stringify(result, undefined, 2)}\n`);
    else printText(result, io);
    return result.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

function printText({ findings, outcomes }: CheckResult, { stdout }: CommandIo): void {
  for (const finding of findings) stdout(findingLine(finding));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const checked = counted(outcomes.length, 'resource');
  if (findings.length === 0) stdout(`No problems detected. (${checked})\n`);
  else stdout(`${counted(errors, 'error')}, ${counted(warnings, 'warning')} in ${checked}\n`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
