// A registered name, an IPv4 address or a bracketed IPv6 one, with or without a port; no list, no user, no path.
const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;
const PORT = /:[0-9]{1,5}$/;

/**
 * The form of a `Host` value that domains are compared with: lower case, without one trailing dot, and without its port
 * where the listener says so. Undefined: not a host.
 */
export function normalizeHost(value: string, stripPort: boolean): string | undefined {
  const lower = value.toLowerCase();
  if (!HOST.test(lower)) return undefined;
  const port = PORT.exec(lower);
  const bare = port === null ? lower : lower.slice(0, port.index);
  const name = bare.endsWith('.') && bare.length > 1 ? bare.slice(0, -1) : bare;
  return stripPort || port === null ? name : name + port[0];
}
