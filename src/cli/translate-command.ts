import { localAddresses } from '../base/local-addresses.ts';
import { AppError } from '../base/errors.ts';
import { envoyBootstrap, type EnvoyBootstrap } from '../xds/envoy-bootstrap.ts';
import { oneOf, parseArguments } from './arguments.ts';
import { compileManifests, findingLine } from './check-findings.ts';
import type { Command, CommandIo } from './command.ts';

/** `seekgate translate`: what manifests compile to, as a configuration of another proxy. */
export const translateCommand: Command = {
  summary: 'print manifests as a configuration of Envoy',
  usage: `seekgate translate FILES… -o envoy [--bind ADDRESS] [--with-secrets] [--namespace NAME]
                         [--allow-local-upstreams off|loopback|on] [--allow-external-name]

Prints a static bootstrap of Envoy (JSON) that serves what the manifests say. On stderr: mistakes in
the manifests, what Envoy cannot do or does in another way, and which files and variables Envoy
needs. A route that Envoy cannot serve as it is meant answers 500. Exits with 1 when the
manifests have errors; what is printed then is the rest.

  -o, --output envoy             the form; the only one so far
  --bind ADDRESS                 where listeners are bound (default 127.0.0.1)
  --with-secrets                 write private keys, shared secrets and keys of model servers into
                                 the output; without it, it names files and variables
  --namespace NAME               of manifests that name none (default default)
  --allow-local-upstreams SCOPE  as for run: off, loopback (default) or on
  --allow-external-name          as for run: take Services of type ExternalName
`,
  run: async (args, io) => {
    const { values, positionals } = parseArguments({
      args: [...args],
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        bind: { type: 'string', default: '127.0.0.1' },
        'with-secrets': { type: 'boolean', default: false },
        namespace: { type: 'string', default: 'default' },
        'allow-local-upstreams': { type: 'string', default: 'loopback' },
        'allow-external-name': { type: 'boolean', default: false },
      },
    });
    if (positionals.length === 0) {
      throw new AppError('ERR_USAGE', 'translate: found no files, accepted folders and files');
    }
    oneOf('--output', values.output ?? 'nothing', ['envoy']);
    const local = oneOf('--allow-local-upstreams', values['allow-local-upstreams'], localAddresses);
    const { findings, result } = await compileManifests({
      paths: positionals,
      namespace: values.namespace,
      allowLocalUpstreams: local,
      allowExternalName: values['allow-external-name'],
    });
    for (const finding of findings) io.stderr(findingLine(finding));
    const translated = envoyBootstrap(result.table, {
      address: values.bind,
      ...(values['with-secrets'] ? { secrets: result.secrets } : {}),
    });
    tell(translated, io);
    io.stdout(`${JSON.stringify(translated.bootstrap, undefined, 2)}\n`);
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

function tell({ notes, references }: EnvoyBootstrap, { stderr }: CommandIo): void {
  for (const { place, what, effect } of notes) stderr(`envoy: ${effect}: ${place}: ${what}\n`);
  for (const { kind, name, content } of references) {
    stderr(`envoy: needs the ${kind === 'file' ? 'file' : 'variable'} ${name}: ${content}\n`);
  }
}
