import { AppError } from '../base/errors.ts';

/** A cluster of a kubeconfig; of certificates, what stands in the file counts before what it points to. */
export interface KubeCluster {
  readonly name: string;
  /** Without a trailing slash. */
  readonly server: string;
  readonly caData?: string | undefined;
  readonly caFile?: string | undefined;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName?: string | undefined;
  readonly proxyUrl?: string | undefined;
}

/** A user of a kubeconfig. */
export interface KubeUser {
  readonly name: string;
  readonly token?: string | undefined;
  /** Counts before `token`: that one is what the file held once. */
  readonly tokenFile?: string | undefined;
  readonly certData?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyData?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly impersonateUser?: string | undefined;
  readonly exec?: Members | undefined;
  readonly authProvider?: Members | undefined;
}

/** A context of a kubeconfig. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
}

/** What of a kubeconfig counts here. */
export interface KubeConfigContent {
  readonly clusters: readonly KubeCluster[];
  readonly users: readonly KubeUser[];
  readonly contexts: readonly KubeContext[];
  readonly currentContext: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** Why a kubeconfig cannot be used; the text holds nothing of its content that may be secret. */
export function kubeConfigFault(origin: string, text: string): AppError {
  return new AppError('ERR_KUBE_CONFIG', `${origin}: ${text}`);
}

/** Reads a parsed kubeconfig; `pathOf` makes a path of it one that can be opened. */
export function kubeConfigContent(
  document: unknown,
  origin: string,
  pathOf: (path: string) => string,
): KubeConfigContent {
  if (!isObject(document)) throw kubeConfigFault(origin, 'is not a kubeconfig');
  const root = new Node(origin, '', document);
  const file = (node: Node, name: string): string | undefined => {
    const path = node.text(name);
    return path === undefined ? undefined : pathOf(path);
  };
  return {
    clusters: root.list('clusters').map((entry) => clusterOf(entry, file)),
    users: root.list('users').map((entry) => userOf(entry, file)),
    contexts: root.list('contexts').map(contextOf),
    currentContext: root.text('current-context'),
  };
}

type FileOf = (node: Node, name: string) => string | undefined;

function clusterOf(entry: Node, file: FileOf): KubeCluster {
  const name = entry.needed('name');
  const cluster = entry.child('cluster');
  return {
    name,
    server: cluster.needed('server').replace(/\/$/, ''),
    caData: cluster.text('certificate-authority-data'),
    caFile: file(cluster, 'certificate-authority'),
    skipTlsVerify: cluster.value('insecure-skip-tls-verify') === true,
    tlsServerName: cluster.text('tls-server-name'),
    proxyUrl: cluster.text('proxy-url'),
  };
}

/** With fewer rights than were meant, requests would fail for no reason that is to be seen. */
const notSent = ['as-uid', 'as-groups', 'as-user-extra'];

function userOf(entry: Node, file: FileOf): KubeUser {
  const name = entry.needed('name');
  const user = entry.child('user', {});
  const unsent = notSent.find((member) => user.value(member) !== undefined);
  if (unsent !== undefined) throw user.fault(unsent, 'not supported, accepted is as alone');
  const authProvider = user.members('auth-provider');
  return {
    name,
    token: user.text('token'),
    tokenFile: file(user, 'tokenFile') ?? file(user, 'token-file') ?? fileOfProvider(authProvider),
    certData: user.text('client-certificate-data'),
    certFile: file(user, 'client-certificate'),
    keyData: user.text('client-key-data'),
    keyFile: file(user, 'client-key'),
    username: user.text('username'),
    password: user.text('password'),
    impersonateUser: user.text('as'),
    exec: execOf(user, file),
    authProvider,
  };
}

/** As `kubectl` has it: a command with a folder is meant from the kubeconfig on, one without is looked for in `PATH`. */
function execOf(user: Node, file: FileOf): Members | undefined {
  const exec = user.members('exec');
  const { command } = exec ?? {};
  if (typeof command !== 'string' || !command.includes('/')) return exec;
  return { ...exec, command: file(user.child('exec'), 'command') };
}

/** The form in which clients of JavaScript write down a file with a token. */
function fileOfProvider({ config }: Members = {}): string | undefined {
  const path = isObject(config) ? config['tokenFile'] : undefined;
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function contextOf(entry: Node): KubeContext {
  const name = entry.needed('name');
  const context = entry.child('context');
  return {
    name,
    cluster: context.needed('cluster'),
    user: context.text('user') ?? '',
    namespace: context.text('namespace'),
  };
}

/** An object of the file, with its path for errors; empty texts count as absent, as everywhere in Kubernetes. */
class Node {
  readonly #origin: string;
  readonly #path: string;
  readonly #members: Members;

  constructor(origin: string, path: string, members: Members) {
    this.#origin = origin;
    this.#path = path;
    this.#members = members;
  }

  value(name: string): unknown {
    return this.#members[name] ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw this.fault(name, `found a ${typeof value}, accepted a text`);
  }

  needed(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw this.#missing(name);
    return text;
  }

  members(name: string): Members | undefined {
    const value = this.value(name);
    if (value === undefined || isObject(value)) return value;
    throw this.fault(name, 'found no object, accepted an object');
  }

  child(name: string, otherwise?: Members): Node {
    const members = this.members(name) ?? otherwise;
    if (members === undefined) throw this.#missing(name);
    return new Node(this.#origin, this.#pathOf(name), members);
  }

  list(name: string): readonly Node[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) throw this.fault(name, 'found no list, accepted a list');
    return value.map((member: unknown, index) => {
      if (!isObject(member)) throw this.fault(`${name}[${index}]`, 'found no object');
      return new Node(this.#origin, `${name}[${index}]`, member);
    });
  }

  fault(name: string, text: string): AppError {
    return kubeConfigFault(this.#origin, `${this.#pathOf(name)}: ${text}`);
  }

  #missing(name: string): AppError {
    return kubeConfigFault(this.#origin, `${this.#pathOf(name)} is missing`);
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
