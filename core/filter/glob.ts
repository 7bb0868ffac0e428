/**
 * Makes a test from a pattern in which `*` stands for any text; upper and lower case are the same. Takes time linear in the text
 * for each part between stars, whatever the pattern.
 */
export function createGlob(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split("*");
  const [first = ""] = parts;
  if (parts.length === 1) return (text) => text.toLowerCase() === first;
  const last = parts.at(-1) ?? "";
  const middle = parts.slice(1, -1).filter((part) => part !== "");
  return (text) => {
    const lower = text.toLowerCase();
    if (!lower.startsWith(first)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = lower.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return lower.length - last.length >= at && lower.endsWith(last);
  };
}
