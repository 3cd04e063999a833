/** The rulebook that an event or a history names at its head with `under`; what a day of a history names comes later. */
export function rulebookNamed(text: string): string | undefined {
  const [head] = text.split(/^\s*opening\b/m, 1);
  return /^\s*under\s+"([^"\n]+)"/m.exec(head)?.[1];
}

/** The days of a history as they are written: that of its opening, and those on which something happens. */
export const daysOf = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:opening|on)\s+([0-9]{4}-[0-9]{2}-[0-9]{2})\b/gm)].map(([, day]) => day);
