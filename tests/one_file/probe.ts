/** What `one_file_test.ts` builds an executable of: prints what the program finds at its start, as one JSON line. */
const [task] = Deno.args;
if (task === "lazy" || task === "lazy-after-revoke") {
  if (task !== "lazy") Deno.permissions.revokeSync({ name: "ffi" });
  const { answer } = await import("./probe_lazy.ts");
  console.log(await answer());
} else {
  const status = Deno.readTextFileSync("/proc/self/status");
  const library = Deno.env.get("OISP_LIBRARY") ?? "";
  console.log(JSON.stringify({
    args: Deno.args,
    env: Deno.env.toObject(),
    blocked: /SigBlk:\s*(\w+)/.exec(status)?.[1],
    capabilities: /CapEff:\s*(\w+)/.exec(status)?.[1],
    library: Array.from(Deno.readFileSync(library)),
    execPath: Deno.execPath(),
  }));
}
