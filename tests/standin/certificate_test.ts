import { deepStrictEqual, strictEqual } from "node:assert";
import { X509Certificate } from "node:crypto";
import { isOnPath } from "../../scripts/run.ts";
import { testOrSkip } from "../skip.ts";
import { createAuthority } from "./certificate.ts";
import { integer, objectId, tagged } from "./der.ts";

Deno.test("der writes long lengths, unsigned integers and object ids as the standard says", () => {
  deepStrictEqual([...tagged(4, new Uint8Array(200))].slice(0, 3), [4, 0x81, 200]);
  deepStrictEqual([...tagged(4, new Uint8Array(70000))].slice(0, 5), [4, 0x83, 1, 17, 112]);
  deepStrictEqual([...integer(Uint8Array.of(0, 0, 0x80))], [2, 2, 0, 0x80]);
  deepStrictEqual([...objectId("1.2.840.10045.4.3.2")], [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
});

Deno.test("the authority signs certificates for its names, and another authority's key does not fit", async () => {
  const [authority, other] = [await createAuthority(), await createAuthority()];
  const { certificatePem } = await authority.issue(["api.openai.com", "127.0.0.1"]);
  const certificate = new X509Certificate(certificatePem);
  strictEqual(certificate.verify(new X509Certificate(authority.certificatePem).publicKey), true);
  strictEqual(certificate.verify(new X509Certificate(other.certificatePem).publicKey), false);
  strictEqual(certificate.checkHost("api.openai.com"), "api.openai.com");
});

const reason = isOnPath("openssl") ? undefined : "openssl is missing";
testOrSkip("a certificate passes the strict checks that Python 3.13 makes", reason, async () => {
  const authority = await createAuthority();
  const { certificatePem } = await authority.issue(["api.openai.com"]);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/ca.pem`, authority.certificatePem);
  await Deno.writeTextFile(`${folder}/server.pem`, certificatePem);
  const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem", "server.pem"];
  const { code, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  await Deno.remove(folder, { recursive: true });
});
