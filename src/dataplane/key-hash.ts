import { hash } from 'node:crypto';

/** 32 bits of a text, the same in every process: all gateways choose alike. */
export function keyHash(text: string): number {
  return Number.parseInt(hash('sha1', text, 'hex').slice(0, 8), 16);
}

/** Another number of 32 bits for each number, with all bits mixed (the finish of MurmurHash3). */
export function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
