/** The stage itself: every client reaches the stand-in under a provider's name, and only on the stage. */
import { deepStrictEqual, strictEqual } from "node:assert";
import { testOrSkip } from "../skip.ts";
import { chatJob, CLIENTS, messagesJob } from "./job.ts";
import { findStageReason, Stage } from "./stage.ts";

const reason = findStageReason();

for (const client of CLIENTS) {
  testOrSkip(`${client.name} reaches the stand-in under the providers' names`, reason ?? client.reason, async () => {
    const stage = await Stage.open();
    try {
      const jobs = [chatJob("call-a"), messagesJob("call-b", { stream: true, wishes: { coding: "gzip" } })];
      const { code, stderr } = await stage.run(client.command(jobs));
      deepStrictEqual({ code, stderr }, { code: 0, stderr: "" });
      deepStrictEqual(stage.log().map((line) => [line.host, line.request_body]), [
        ["api.openai.com", jobs[0]?.body],
        ["api.anthropic.com", jobs[1]?.body],
      ]);
    } finally {
      await stage.close();
    }
  });
}

testOrSkip("the machine's own hosts file is left alone", reason, async () => {
  const before = await Deno.readTextFile("/etc/hosts");
  const stage = await Stage.open();
  strictEqual(await Deno.readTextFile("/etc/hosts"), before);
  await stage.close();
});
