/** An HTTPS proxy: TLS to the proxy, then CONNECT, then the client's own TLS inside. */
import type { Identity } from "./certificate.ts";

/** Serves `CONNECT host:port` by connecting to that port of loopback. @returns the port */
export function serveTunnel(identity: Identity, port: number): number {
  const listener = Deno.listenTls({
    hostname: "0.0.0.0",
    port,
    cert: identity.certificatePem,
    key: identity.keyPem,
    alpnProtocols: ["http/1.1"],
  });
  void (async () => {
    for await (const client of listener) void tunnel(client).catch(() => client.close());
  })();
  return listener.addr.port;
}

async function tunnel(client: Deno.TlsConn): Promise<void> {
  const head = await readHead(client);
  const port = Number(/^CONNECT [^ ]+:(\d+) /.exec(head)?.[1]);
  const server = await Deno.connect({ hostname: "127.0.0.1", port });
  await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
  await Promise.allSettled([client.readable.pipeTo(server.writable), server.readable.pipeTo(client.writable)]);
}

/** A client sends nothing behind the head before it has been answered. */
async function readHead(client: Deno.TlsConn): Promise<string> {
  const buffer = new Uint8Array(16384);
  let length = 0;
  while (length < buffer.length) {
    const count = await client.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
    const text = new TextDecoder().decode(buffer.subarray(0, length));
    if (text.includes("\r\n\r\n")) return text;
  }
  throw new Deno.errors.InvalidData("no CONNECT");
}
