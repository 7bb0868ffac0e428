import { Buffer } from "node:buffer";

const EQUALS = 61;

/**
 * Decodes base64 text into `target`, which must hold three bytes for every four characters. Gives the number of bytes, or -1
 * when the text is not base64 (padding may be missing). Never throws.
 */
export function decodeBase64(text: string, target: Buffer): number {
  let chars = text.length;
  if (chars === 0) return 0;
  if (text.charCodeAt(chars - 1) === EQUALS) chars--;
  if (chars < text.length && text.charCodeAt(chars - 1) === EQUALS) chars--;
  const bytes = Math.floor(chars * 3 / 4);
  // The native decoder skips what is not base64, so fewer bytes than the length promises means a wrong character.
  return chars % 4 === 1 || target.write(text, 0, "base64") !== bytes ? -1 : bytes;
}
