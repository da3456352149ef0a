import { delimiter } from 'node:path';
import { parseArgs } from 'node:util';
import { Ajv } from 'ajv';
import { AppError } from '../base/errors.ts';
import {
  acceptedBy,
  flagOf,
  settingSchemas,
  variableOf,
  type ProcessSettings,
  type SettingName,
  type SettingSchema,
} from './process-settings.ts';

/** A value as it was given, and how to call the place it came from in an error. */
interface Given {
  readonly source: string;
  readonly texts: readonly string[];
}

/** Settings of the process: a flag wins over an environment variable, which wins over the default. */
export function readSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ProcessSettings {
  const flags = readFlags(withSwitches(args));
  const found = new Map(
    [...settingSchemas].flatMap(([name, schema]) => {
      const given = flags.get(name) ?? readVariable(name, environment);
      return given === undefined ? [] : [[name, { given, value: valueOf(schema, given) }] as const];
    }),
  );
  const kube = found.get('kube')?.value === true;
  checkSource(kube, new Map([...found].map(([name, { given }]) => [name, given.source])));
  const values = [...settingSchemas].flatMap(([name, schema]) => {
    const value = found.get(name)?.value ?? defaultOf(name, schema, kube);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.freeze(Object.fromEntries(values)) as unknown as ProcessSettings;
}

/** A flag that is on or off may stand alone: then it is on. */
function withSwitches(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    const isSwitch = switches.has(arg) && (end < 0 || index < end);
    const next = args[index + 1];
    return isSwitch && (next === undefined || next.startsWith('-')) ? `${arg}=on` : arg;
  });
}

const switches: ReadonlySet<string> = new Set(
  [...settingSchemas].flatMap(([name, { type }]) => (type === 'boolean' ? [flagOf(name)] : [])),
);

/** Manifests come from one place; what is said of the other one would go unheard. */
function checkSource(kube: boolean, sources: ReadonlyMap<SettingName, string>): void {
  const files = sources.get('files');
  if (kube && files !== undefined) {
    const found = `${sources.get('kube')} and ${files}`;
    throw new AppError('ERR_USAGE', `found ${found}, accepted one of them`);
  }
  if (kube) return;
  for (const [name, { onlyWithKube }] of settingSchemas) {
    const source = sources.get(name);
    if (onlyWithKube !== true || source === undefined) continue;
    throw new AppError('ERR_USAGE', `${source}: found without --kube, accepted only with it`);
  }
  if (files !== undefined) return;
  const accepted = 'the path of a folder or a file, or the flag --kube';
  throw new AppError('ERR_USAGE', `--files: found nothing, accepted ${accepted}`);
}

/** Values without a flag belong to `--files`, so that a shell may expand a pattern. */
function readFlags(args: readonly string[]): ReadonlyMap<SettingName, Given> {
  const byFlag = new Map([...settingSchemas.keys()].map((name) => [flagOf(name), name]));
  const options = Object.fromEntries(
    [...byFlag.keys()].map((flag) => [flag.slice(2), { type: 'string' } as const]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const found = new Map<SettingName, Given>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const source = token.kind === 'option' ? token.rawName : flagOf('files');
    const name = byFlag.get(source);
    if (name === undefined) throw unknownFlag(source, [...byFlag.keys()]);
    const text = typeof token.value === 'string' ? token.value : '';
    const isList = settingSchemas.get(name)?.type === 'array';
    const former = isList ? (found.get(name)?.texts ?? []) : [];
    found.set(name, { source, texts: [...former, ...textsOf(name, text)] });
  }
  return found;
}

function unknownFlag(found: string, accepted: readonly string[]): AppError {
  return new AppError('ERR_USAGE', `found ${found}, accepted ${accepted.join(', ')}`);
}

function readVariable(
  name: SettingName,
  environment: Readonly<Record<string, string | undefined>>,
): Given | undefined {
  const source = variableOf(name);
  const text = environment[source] ?? '';
  // Kubernetes sets SEEKGATE_HTTP_PORT=tcp://… by itself where a Service is called seekgate-http.
  if (text === '' || text.startsWith('tcp://')) return undefined;
  return { source, texts: name === 'files' ? text.split(delimiter) : textsOf(name, text) };
}

/** A shell separates paths by itself; names of namespaces hold no comma. */
function textsOf(name: SettingName, text: string): readonly string[] {
  return name === 'watchNamespaces' ? text.split(',').map((one) => one.trim()) : [text];
}

function defaultOf(name: SettingName, schema: SettingSchema, kube: boolean): unknown {
  if (name === 'files') return [];
  return kube ? (schema.kubeDefault ?? schema.default) : schema.default;
}

/** Settings have members of their own beside those of JSON Schema. */
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });

function valueOf(schema: SettingSchema, { source, texts }: Given): unknown {
  const text = texts.at(-1) ?? '';
  const value = schema.type === 'array' ? texts : parsed(text, schema);
  if (ajv.validate(schema, value)) return value;
  const all = texts.join(',');
  const found = all === '' ? 'nothing' : all;
  const code = source.startsWith('--') ? 'ERR_USAGE' : 'ERR_SETTING';
  throw new AppError(code, `${source}: found ${found}, accepted ${acceptedBy(schema)}`);
}

/** Stays a text when it is none of what the type takes; the check then refuses it. */
function parsed(text: string, { type }: SettingSchema): unknown {
  if (type === 'integer') return /^\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'on' ? true : text === 'off' ? false : text;
  return text;
}
