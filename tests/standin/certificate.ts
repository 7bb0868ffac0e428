/**
 * A throw-away certificate authority and server certificates, made in memory for one run.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280 (section 4.1 and 4.2)
 */
import {
  bitString,
  concat,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  tagged,
  TRUE,
  utcTime,
  utf8,
} from "./der.ts";

/** A certificate with its key, both PEM. */
export interface Identity {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Signs server certificates. */
export interface Authority {
  /** What clients have to trust. */
  readonly certificatePem: string;
  /** Makes a certificate for DNS names and IPv4 addresses. */
  issue(names: readonly string[]): Promise<Identity>;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const DAY_MS = 86_400_000;

/** Makes an authority that is valid from yesterday for ten days. */
export async function createAuthority(): Promise<Authority> {
  const keys = await createKeys();
  const name = "oisp stand-in authority";
  const keyId = await identify(keys.publicKey);
  const extensions = [
    extension("2.5.29.19", true, sequence(TRUE)),
    extension("2.5.29.15", true, tagged(0x03, Uint8Array.of(1, 0x06))),
    extension("2.5.29.14", false, octetString(keyId)),
  ];
  const certificate = await sign(keys.privateKey, name, name, keys.publicKey, extensions);
  return {
    certificatePem: toPem("CERTIFICATE", certificate),
    issue: async (names) => {
      const server = await createKeys();
      const usage = extension("2.5.29.37", false, sequence(objectId("1.3.6.1.5.5.7.3.1")));
      const made = await sign(keys.privateKey, name, "oisp stand-in", server.publicKey, [
        usage,
        extension("2.5.29.17", false, sequence(...names.map(toAlternativeName))),
        extension("2.5.29.14", false, octetString(await identify(server.publicKey))),
        extension("2.5.29.35", false, sequence(tagged(0x80, keyId))),
      ]);
      const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", server.privateKey));
      return { certificatePem: toPem("CERTIFICATE", made), keyPem: toPem("PRIVATE KEY", key) };
    },
  };
}

/** The key's identifier: strict clients (Python 3.13 and later) want the authority's in each certificate it signed. */
async function identify(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", await crypto.subtle.exportKey("raw", key)));
}

async function createKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]) as CryptoKeyPair;
}

async function sign(
  key: CryptoKey,
  issuer: string,
  subject: string,
  publicKey: CryptoKey,
  extensions: readonly Uint8Array[],
): Promise<Uint8Array> {
  const serial = crypto.getRandomValues(new Uint8Array(16));
  serial[0] = (serial[0] ?? 0) & 0x7f | 0x40;
  const body = sequence(
    tagged(0xa0, integer(Uint8Array.of(2))),
    integer(serial),
    ECDSA_WITH_SHA256,
    toName(issuer),
    sequence(utcTime(new Date(Date.now() - DAY_MS)), utcTime(new Date(Date.now() + 10 * DAY_MS))),
    toName(subject),
    new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)),
    tagged(0xa3, sequence(...extensions)),
  );
  const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, body));
  // WebCrypto gives r and s side by side; X.509 wants a sequence of two integers.
  const signature = sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return sequence(body, ECDSA_WITH_SHA256, bitString(signature));
}

function toName(commonName: string): Uint8Array {
  return sequence(set(sequence(objectId("2.5.4.3"), utf8(commonName))));
}

function extension(id: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  return sequence(concat(objectId(id), isCritical ? TRUE : new Uint8Array(), octetString(value)));
}

function toAlternativeName(name: string): Uint8Array {
  if (/^\d+(\.\d+){3}$/.test(name)) return tagged(0x87, Uint8Array.from(name.split("."), Number));
  return tagged(0x82, new TextEncoder().encode(name));
}

function toPem(label: string, bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `-----BEGIN ${label}-----\n${text.replace(/.{64}/g, "$&\n").trimEnd()}\n-----END ${label}-----\n`;
}
