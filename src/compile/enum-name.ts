/** The name of an enum value given as a name or a number; the first name is protobuf's default. */
export function enumName<const N extends readonly [string, ...string[]]>(
  written: N[number] | number | undefined,
  names: N,
): N[number] {
  if (written === undefined) return names[0];
  return typeof written === 'number' ? (names[written] ?? names[0]) : written;
}
