import { markdownNotice, type Generator } from './generator.ts';
import { rights, type Place } from './rights.ts';

export const rightsPage: Generator = {
  title: 'Rights of the controller, explained',
  files: () => new Map([['docs/reference/rights.md', page()]]),
};

const sections: readonly { place: Place; title: string; text: string }[] = [
  {
    place: 'own',
    title: "In the controller's own namespace",
    text: 'By [deploy/controller.yaml](../../deploy/controller.yaml), with the namespace `seekgate-system` and the ServiceAccount `seekgate`.',
  },
  {
    place: 'watched',
    title: 'In each namespace that is served',
    text: 'By [deploy/watched-namespace.yaml](../../deploy/watched-namespace.yaml), once for each namespace of `--watch-namespaces`; or in all of them by [deploy/all-namespaces.yaml](../../deploy/all-namespaces.yaml), for a controller without that flag.',
  },
  {
    place: 'secrets',
    title: 'Where Secrets are',
    text: 'By [deploy/secrets.yaml](../../deploy/secrets.yaml). Each Secret is asked for by its name, so that `resourceNames` can list those that manifests name and no other; the file lists an example. A Secret without the right is treated as one that is not there: the status of what names it says so.',
  },
  {
    place: 'status',
    title: "Only with Gloo's own CRDs",
    text: 'By [deploy/status-of-gloo-crds.yaml](../../deploy/status-of-gloo-crds.yaml). The CRDs of this project have a status subresource, and the controller can change nothing but the status. Those that come with Gloo have none: a status is a part of the resource, and who may write the one may write the other. The controller sends nothing but `status` there too.',
  },
];

function page(): string {
  return `${markdownNotice}
# Rights of the controller

What the controller asks of the Kubernetes API, and what for. A right that is missing costs only what needs it, and the log says so: other
kinds are served all the same. No right writes Secrets, and none has a \`*\`.

${sections.map(section).join('\n')}
## Not asked for

- **Secrets in general.** Neither list nor watch of all Secrets of a namespace, nor any write: what the controller has to remember is in
  objects of its own ([why](../adr/0010-kept-versions-in-the-cluster.md)).
- **Discovery** (\`/apis/…\`), which tells whether a kind has a status subresource, is open to every authenticated user by the role
  \`system:discovery\` that Kubernetes brings.
- **Token reviews.** Tokens are verified by the keys of their issuer, those of Kubernetes itself too.
`;
}

function section({ place, title, text }: (typeof sections)[number]): string {
  const rows = rights
    .filter((right) => right.place === place)
    .map(({ group, resources, verbs, names, reason }) => {
      const only = names === undefined ? '' : `, named ${names.map(code).join(', ')}`;
      const of = group === '' ? '' : ` of \`${group}\``;
      return `| ${resources.map(code).join(', ')}${of}${only} | ${verbs.join(', ')} | ${reason} |`;
    });
  return `## ${title}\n\n${text}\n\n| resources | verbs | for |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}
