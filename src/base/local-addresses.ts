/**
 * Which local addresses manifests may have requests sent to: none, those of this machine (127.0.0.0/8 and ::1), or link-local and
 * metadata addresses as well.
 */
export const localAddresses = ['off', 'loopback', 'on'] as const;

export type LocalAddresses = (typeof localAddresses)[number];
