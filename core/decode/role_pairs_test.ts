import { strictEqual } from "node:assert";
import type { ConnectionFacts } from "../model/http_exchange.ts";
import { RolePairs } from "./role_pairs.ts";

const [client, server] = [{ ip: "127.0.0.1", port: 40_000 }, { ip: "127.0.0.1", port: 443 }];

function facts(connId: number, isClient: boolean): ConnectionFacts {
  const [local, remote] = isClient ? [client, server] : [server, client];
  return { connId, processKey: connId, local, remote, transport: "tls" } as ConnectionFacts;
}

Deno.test("role pairs report one end of a connection whose both ends are captured", () => {
  const pairs = new RolePairs();
  strictEqual(pairs.claim(facts(1, true), true), true);
  strictEqual(pairs.claim(facts(2, false), false), false);
  strictEqual(pairs.claim(facts(1, true), true), true);
});

Deno.test("role pairs report a connection inside a tunnel of the same end", () => {
  const pairs = new RolePairs();
  strictEqual(pairs.claim(facts(1, true), true), true);
  strictEqual(pairs.claim(facts(2, true), true), true);
});

Deno.test("role pairs forget a connection that ended", () => {
  const pairs = new RolePairs();
  pairs.claim(facts(1, true), true);
  pairs.release(facts(1, true));
  strictEqual(pairs.claim(facts(2, false), false), true);
});
