/**
 * The stand-in provider under Node, on its OpenSSL. Arguments: folder with `server.pem` and `server.key` of a stand-in under
 * Deno, port, log file. Bundle it before: Node does not read TypeScript.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { ExchangeLog } from "./exchange_log.ts";
import { serveNode } from "./serve_node.ts";

const [folder = ".", port = "0", log = "node-log.jsonl"] = process.argv.slice(2);
const identity = {
  certificatePem: readFileSync(`${folder}/server.pem`, "utf8"),
  keyPem: readFileSync(`${folder}/server.key`, "utf8"),
};
writeFileSync(`${folder}/${log}`, "");
const bound = await serveNode(identity, Number(port), new ExchangeLog(`${folder}/${log}`));
process.stdout.write(JSON.stringify({ port: bound }) + "\n");
