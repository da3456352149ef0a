import {
  acceptedBy,
  flagOf,
  settingSchemas,
  variableOf,
  type SettingName,
  type SettingSchema,
} from './process-settings.ts';

/** Text of docs/reference/settings.md, below the notice of generated pages. */
export function settingsReference(): string {
  return `# Settings of the process

For \`seekgate run\`. A flag wins over its environment variable, which wins over the default. Everything about traffic is in
manifests, not here.

| flag | environment | default | takes | meaning |
| --- | --- | --- | --- | --- |
${[...settingSchemas].map(row).join('\n')}

Exactly one of \`--files\` and \`--kube\` says where the manifests are. A flag that takes on or off may stand alone and is on then.
\`SEEKGATE_FILES\` separates its paths as \`PATH\` does. A variable that begins with \`tcp://\` is passed over: Kubernetes
sets such ones for a Service of that name.
`;
}

function row([name, schema]: readonly [SettingName, SettingSchema]): string {
  const cells = [
    `\`${flagOf(name)}\``,
    `\`${variableOf(name)}\``,
    defaultText(schema),
    acceptedBy(schema),
    schema.description ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The lines that `seekgate help run` shows. */
export function settingsUsage(): string {
  return [...settingSchemas]
    .map(([name, schema]) => {
      const shown = defaultText(schema).replaceAll('`', '');
      const text = `${schema.description ?? ''}${shown === '' ? '' : ` Default: ${shown}.`}`;
      return `  ${flagOf(name).padEnd(24)} ${text}\n`;
    })
    .join('');
}

function defaultText({ default: value, kubeDefault }: SettingSchema): string {
  if (value === undefined) return '';
  const text = `\`${typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)}\``;
  return kubeDefault === undefined ? text : `${text}; with \`--kube\` \`${kubeDefault}\``;
}
