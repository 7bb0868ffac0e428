/**
 * Makes one file out of the Deno executable, the bundled modules, the native library and the entry stub
 * (`packaging/one_file/stub.c`, which explains what happens at start).
 */
import { ElfImage, toPage } from "./elf.ts";
import { linkModules } from "./link.ts";

/** What goes into the file. Times and names of the build machine do not. */
export interface OneFileInput {
  /** The Deno executable. */
  readonly runtime: Uint8Array;
  /** The assembled stub, entry at its first byte. */
  readonly stub: Uint8Array;
  readonly library: Uint8Array;
  /** Module texts by file name; they import each other as `./name`. */
  readonly modules: ReadonlyMap<string, string>;
  /** Name of the module to start. */
  readonly main: string;
  /** Arguments of Deno before the main module. */
  readonly arguments: readonly string[];
  /** `NAME=value` lines to add to the environment. */
  readonly settings: readonly string[];
  /** Beginnings of environment lines to leave out. */
  readonly removed: readonly string[];
}

/** Place where the stub writes the descriptor number of a blob. */
interface Patch {
  readonly blob: number;
  readonly target: number;
  readonly offset: number;
}

const encoder = new TextEncoder();
/** Blob 0 is the library, blob 1 the loader, the modules follow. */
const LOADER_BLOB = 1;

/** Gives the bytes of the executable. @throws {Failure} when the runtime's image is not as expected */
export function buildOneFile(input: OneFileInput): Uint8Array<ArrayBuffer> {
  const program = linkModules(input.modules, input.main);
  const patches = program.descriptorOffsets.map((offset, index) => ({
    blob: LOADER_BLOB,
    target: LOADER_BLOB + 1 + index,
    offset,
  }));
  const blobs = [input.library, encoder.encode(program.loader), ...program.texts.map((text) => encoder.encode(text))];
  const image = new ElfImage(input.runtime.slice());
  const offsets = placeBlobs(toPage(input.runtime.length), blobs);
  const stubOffset = toPage((offsets.at(-1) ?? 0) + (blobs.at(-1)?.length ?? 0));
  const vaddr = image.freeVaddr;
  const parameters = renderParameters(input, patches, {
    vaddr: vaddr + input.stub.length,
    entry: image.entry,
    environGot: image.findGotSlot("environ"),
    blobs: blobs.map((blob, index) => [offsets[index] ?? 0, blob.length]),
  });
  const file = new Uint8Array(stubOffset + input.stub.length + parameters.length);
  file.set(input.runtime);
  blobs.forEach((blob, index) => file.set(blob, offsets[index]));
  file.set(input.stub, stubOffset);
  file.set(parameters, stubOffset + input.stub.length);
  new ElfImage(file).addSegment(stubOffset, vaddr, input.stub.length + parameters.length, vaddr);
  return file;
}

function placeBlobs(start: number, blobs: readonly Uint8Array[]): number[] {
  let at = start;
  return blobs.map((blob) => {
    const offset = at;
    at = toPage(at + blob.length);
    return offset;
  });
}

interface Addresses {
  readonly vaddr: number;
  readonly entry: number;
  readonly environGot: number;
  readonly blobs: readonly (readonly [offset: number, length: number])[];
}

/** Lays `struct parameters` of the stub and what it points to out. */
function renderParameters(input: OneFileInput, patches: readonly Patch[], addresses: Addresses): Uint8Array {
  const headerBytes = 10 * 8;
  const blobs = new BigUint64Array(addresses.blobs.flat().map(BigInt));
  const patchTable = new BigUint64Array(
    patches.flatMap((patch) => [BigInt(patch.blob) | BigInt(patch.target) << 32n, BigInt(patch.offset)]),
  );
  const lists = [input.arguments, input.settings, input.removed].map(renderList);
  const blobsAt = headerBytes;
  const patchesAt = blobsAt + blobs.byteLength;
  const listsAt = patchesAt + patchTable.byteLength;
  const listOffsets = lists.map((_, index) =>
    listsAt + lists.slice(0, index).reduce((sum, list) => sum + list.length, 0)
  );
  const header = new BigUint64Array(
    [
      addresses.vaddr,
      addresses.entry,
      addresses.environGot,
      addresses.blobs.length,
      blobsAt,
      patches.length,
      patchesAt,
      ...listOffsets,
    ].map(BigInt),
  );
  return concat([...[header, blobs, patchTable].map((table) => new Uint8Array(table.buffer)), ...lists]);
}

/** Texts with a NUL behind each, and one more at the end. */
function renderList(texts: readonly string[]): Uint8Array {
  return encoder.encode(texts.map((text) => text + "\0").join("") + "\0");
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
