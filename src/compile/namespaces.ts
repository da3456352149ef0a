/** Whether something of namespace `owner` may be used from namespace `user`; `*` shares all. */
export function permitted(owner: string, user: string, shared: readonly string[]): boolean {
  return owner === user || shared.includes(owner) || shared.includes('*');
}
