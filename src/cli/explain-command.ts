import { text } from 'node:stream/consumers';

import { localAddresses } from '../base/local-addresses.ts';
import { AppError } from '../base/errors.ts';
import { askedRequest, type AskedRequest } from '../ir/asked-request.ts';
import { oneOf, parseArguments } from './arguments.ts';
import { compileManifests } from './check-findings.ts';
import type { Command } from './command.ts';
import { explainManifests } from './explain-manifests.ts';
import { explainText } from './explain-text.ts';

const usage = `seekgate explain FILES… --request 'METHOD URL' [-H 'NAME: VALUE']… [--token TOKEN|-] [--data TEXT]
                 [-o text|json] [--listener NAME] [--server-name NAME] [--http2] [--show-claims]
                 [--offline] [--namespace NAME]
                 [--allow-local-upstreams off|loopback|on] [--allow-external-name]

Says step by step why a request would be answered as it is: listener, virtual host, route, where
tokens were looked for and what each provider found, policies, backend, answer. The code that
serves decides; nothing is sent to a backend. Keys at URLs are fetched.

  --request 'METHOD URL'         such as 'POST http://chat.example.com:8080/v1/chat'; GET if no METHOD
  -H, --header 'NAME: VALUE'     a header line; may be given again
  --token TOKEN                  sent as Authorization: Bearer; - reads it from standard input, so
                                 that it does not stand in the shell's history
  --data TEXT                    the body
  -o, --output text|json         how to say it (default text)
  --listener NAME                <namespace>.<gateway>; default: the one that fits the URL
  --server-name NAME             what the client asks for in TLS; default: the host of the URL
  --http2                        by HTTP/2: Host is the authority
  --show-claims                  show what claims hold; otherwise they are only named
  --offline                      fetch no keys: providers that need them are said to have none
  --namespace NAME               of manifests that name none (default default)
  --allow-local-upstreams SCOPE  as for run: off, loopback (default) or on
  --allow-external-name          as for run: take Services of type ExternalName

Exit code: 0 when the request can be explained, whatever the answer. A running gateway tells the
same of its own table: POST /explain at its admin port.
`;

/** Explains requests; `readInput` gives the text of standard input. */
export function createExplainCommand(readInput: () => Promise<string>): Command {
  return {
    summary: 'say why a request would be answered as it is',
    usage,
    run: async (args, io) => {
      const { values, positionals } = parseExplain(args);
      if (positionals.length === 0) {
        throw new AppError('ERR_USAGE', 'explain: found no files, accepted folders and files');
      }
      const output = oneOf('--output', values.output, ['text', 'json']);
      const scope = values['allow-local-upstreams'];
      const local = oneOf('--allow-local-upstreams', scope, localAddresses);
      const { token } = values;
      const asked = requestOf(values, token === '-' ? (await readInput()).trim() : token);
      const { findings, result } = await compileManifests({
        paths: positionals,
        namespace: values.namespace,
        allowLocalUpstreams: local,
        allowExternalName: values['allow-external-name'],
      });
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      if (errors > 0) {
        io.stderr(
          `the manifests have ${errors} error(s), see seekgate check: this is of the rest\n`,
        );
      }
      const explanation = await explainManifests(result, asked, {
        localAddresses: local,
        offline: values.offline,
        showValues: values['show-claims'],
      });
      const isText = output === 'text';
      io.stdout(
        isText ? explainText(explanation) : `${JSON.stringify(explanation, undefined, 2)}\n`,
      );
      return 0;
    },
  };
}

function parseExplain(args: readonly string[]) {
  return parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      request: { type: 'string', default: '' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      token: { type: 'string' },
      data: { type: 'string', default: '' },
      output: { type: 'string', short: 'o', default: 'text' },
      listener: { type: 'string' },
      'server-name': { type: 'string' },
      http2: { type: 'boolean', default: false },
      'show-claims': { type: 'boolean', default: false },
      offline: { type: 'boolean', default: false },
      namespace: { type: 'string', default: 'default' },
      'allow-local-upstreams': { type: 'string', default: 'loopback' },
      'allow-external-name': { type: 'boolean', default: false },
    },
  });
}

interface RequestFlags {
  readonly request: string;
  readonly header: readonly string[];
  readonly data: string;
  readonly listener?: string | undefined;
  readonly 'server-name'?: string | undefined;
  readonly http2: boolean;
}

function requestOf(flags: RequestFlags, token: string | undefined): AskedRequest {
  const { listener, 'server-name': serverName, http2 } = flags;
  const words = flags.request.trim().split(/\s+/);
  const [first = '', second] = words;
  if (first === '' || words.length > 2) {
    throw new AppError(
      'ERR_USAGE',
      `--request: found ${flags.request === '' ? 'nothing' : flags.request}, accepted 'METHOD URL' or URL`,
    );
  }
  const bearer = token === undefined ? [] : [['Authorization', `Bearer ${token}`] as const];
  const asked = askedRequest({
    ...(second === undefined ? { url: first } : { method: first, url: second }),
    headers: [...flags.header.map(headerLine), ...bearer],
    body: flags.data,
    http2,
    ...(listener === undefined ? {} : { listener }),
    ...(serverName === undefined ? {} : { serverName }),
  });
  if (typeof asked === 'string') throw new AppError('ERR_USAGE', `--request: ${asked}`);
  return asked;
}

function headerLine(written: string): readonly [string, string] {
  const colon = written.indexOf(':');
  // What stands there may be a credential.
  if (colon < 1) throw new AppError('ERR_USAGE', "-H: accepted 'NAME: VALUE'");
  return [written.slice(0, colon).trim(), written.slice(colon + 1).trim()];
}

/** `seekgate explain`: why a request would be answered as it is. */
export const explainCommand: Command = createExplainCommand(() => text(process.stdin));
