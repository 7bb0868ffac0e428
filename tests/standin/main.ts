/**
 * The stand-in provider under Deno. Arguments: folder, port, port of the proxy. Writes `ca.pem`, `server.pem`, `server.key` and
 * `log.jsonl` to the folder and prints one JSON line with the ports when it serves.
 */
import { createAuthority } from "./certificate.ts";
import { ExchangeLog } from "./exchange_log.ts";
import { HOSTS } from "./registry.ts";
import { serveDeno } from "./serve_deno.ts";
import { serveTunnel } from "./tunnel.ts";

const [folder = ".", port = "0", proxyPort = "0"] = Deno.args;
const authority = await createAuthority();
const identity = await authority.issue([...HOSTS, "127.0.0.1"]);
await Deno.writeTextFile(`${folder}/ca.pem`, authority.certificatePem);
await Deno.writeTextFile(`${folder}/server.pem`, identity.certificatePem);
await Deno.writeTextFile(`${folder}/server.key`, identity.keyPem, { mode: 0o600 });
await Deno.writeTextFile(`${folder}/log.jsonl`, "");
const ports = {
  port: await serveDeno(identity, Number(port), new ExchangeLog(`${folder}/log.jsonl`)),
  proxy_port: serveTunnel(identity, Number(proxyPort)),
};
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(ports) + "\n"));
