/** What the environment says about clusters, as kubectl and every pod know it. */
export function kubeEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
) {
  return {
    kubeconfig: environment['KUBECONFIG'],
    // Not from the list of users, in which a container's user may be missing.
    home: environment['HOME'] ?? environment['USERPROFILE'],
    serviceHost: environment['KUBERNETES_SERVICE_HOST'],
    servicePort: environment['KUBERNETES_SERVICE_PORT'],
  };
}
