/** What a request to the Kubernetes API is about, as its authorization sees it. */
export interface KubeCall {
  readonly verb: KubeVerb;
  /** Plural, with the subresource: `virtualservices/status`; the path itself when it is not of a resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

const verbs: Readonly<Record<string, KubeVerb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const resourcePath =
  /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** Reads method and target of a request. */
export function kubeCallOf(method: string, target: string): KubeCall {
  const { pathname, searchParams } = new URL(target, 'https://kube.test');
  const [, namespace = '', plural, name = '', subresource] = resourcePath.exec(pathname) ?? [];
  const resource =
    plural === undefined ? pathname : [plural, subresource].filter(Boolean).join('/');
  const isWatch = searchParams.get('watch') === '1' || searchParams.get('watch') === 'true';
  const read = isWatch ? 'watch' : plural !== undefined && name === '' ? 'list' : 'get';
  return { verb: verbs[method] ?? read, resource, namespace, name };
}
